using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Artifacts in memory.</summary>
internal sealed class MemoryArtifactStore : IArtifactStore
{
    private readonly ConcurrentDictionary<(string Tenant, string Id), (ArtifactInfo Info, byte[] Content)> _artifacts = new();

    public ArtifactInfo Add(string tenantId, string name, byte[] content, string contentType = "text/plain")
    {
        var id = $"art_{Guid.NewGuid():N}";
        var info = new ArtifactInfo(id, name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), contentType, "job_x", DateTimeOffset.UnixEpoch);
        _artifacts[(tenantId, id)] = (info, content);
        return info;
    }

    public Task<ArtifactInfo> Put(string tenantId, string owner, string name, Stream content, long maxBytes, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_artifacts.TryGetValue((tenantId, artifactId), out var found) ? found.Info : null);

    public Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_artifacts.TryGetValue((tenantId, artifactId), out var found) ? new MemoryStream(found.Content) : null);

    public Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_artifacts.TryRemove((tenantId, artifactId), out _));

    public Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default) => Task.FromResult(0);

    public Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default) => Task.FromResult(0);
}
