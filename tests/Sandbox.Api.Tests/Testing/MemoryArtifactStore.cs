using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Artifacts and their URLs in memory, without bounds and without signatures that anybody could check.</summary>
internal sealed class MemoryArtifactStore : IArtifactStore, IArtifactUploads, IArtifactUrls
{
    private readonly ConcurrentDictionary<(string Tenant, string Id), (ArtifactInfo Info, byte[] Content)> _artifacts = new();
    private readonly ConcurrentDictionary<ArtifactUrlId, (ArtifactUrlGrant Grant, string Signature)> _urls = new();

    /// <summary>The last upload that came to its end.</summary>
    public ArtifactUpload? Uploaded { get; private set; }

    /// <summary>What uploads are answered with in place of being stored.</summary>
    public Refusal? Refusal { get; set; }

    public int Count => _artifacts.Count;

    public ArtifactInfo Add(string tenantId, string name, byte[] content, string contentType = "text/plain", string owner = "job_x", DateTimeOffset createdAt = default)
    {
        var id = ArtifactId.New().ToString();
        var at = createdAt == default ? DateTimeOffset.UnixEpoch : createdAt;
        var info = new ArtifactInfo(id, name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), contentType, owner, at);
        _artifacts[(tenantId, id)] = (info, content);
        return info;
    }

    public async Task<Reply<StoredArtifact>> Upload(Caller caller, ArtifactUpload upload, Stream content, CancellationToken cancellationToken = default)
    {
        if (Refusal is { } refusal)
            return refusal;
        var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        Uploaded = upload;
        return new StoredArtifact(
            Add(caller.TenantId, upload.Name, copy.ToArray(), upload.ContentType ?? "application/octet-stream", ArtifactOwner.Of(caller.AgentId)), upload.IdempotencyKey == "again");
    }

    public Task<StoredArtifact> Store(ArtifactDraft draft, Stream content, long maxBytes, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_artifacts.TryGetValue((tenantId, artifactId), out var found) ? found.Info : null);

    public Task<ArtifactPage> List(string tenantId, ArtifactCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var items = _artifacts.Where(entry => entry.Key.Tenant == tenantId).Select(entry => entry.Value.Info)
            .OrderByDescending(info => (info.CreatedAt, info.Id))
            .Where(info => cursor is null || (info.CreatedAt, info.Id).CompareTo((cursor.CreatedAt, cursor.Id.ToString())) < 0)
            .Take(limit + 1).ToList();
        var page = items.Take(limit).ToList();
        return Task.FromResult(new ArtifactPage(
            page, items.Count > limit && ArtifactId.TryParse(page[^1].Id, out var last) ? new ArtifactCursor(page[^1].CreatedAt, last) : null));
    }

    public Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_artifacts.TryGetValue((tenantId, artifactId), out var found) ? new MemoryStream(found.Content) : null);

    public Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_artifacts.TryRemove((tenantId, artifactId), out _));

    public Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default) => Task.FromResult(0);

    public Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default) => Task.FromResult(0);

    public Task<IssuedArtifactUrl> Issue(ArtifactUrlGrant grant, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var signature = Guid.NewGuid().ToString("N");
        _urls[grant.Id] = (grant, signature);
        return Task.FromResult(new IssuedArtifactUrl(signature));
    }

    public Task<ArtifactUrlGrant?> Redeem(PresentedArtifactUrl presented, string method, CancellationToken cancellationToken = default) => Task.FromResult(
        _urls.TryGetValue(presented.Url, out var url)
        && url.Signature == presented.Signature
        && url.Grant.Artifact == presented.Artifact
        && ArtifactUrlMethods.Allows(url.Grant.Method, method) ? url.Grant : null);

    public Task<int> Revoke(string tenantId, ArtifactId artifact, ArtifactUrlId? url, AuditEvent what, CancellationToken cancellationToken = default) => Task.FromResult(
        _urls.Where(entry => entry.Value.Grant.TenantId == tenantId && entry.Value.Grant.Artifact == artifact && (url is null || entry.Key == url))
            .Count(entry => _urls.TryRemove(entry)));
}
