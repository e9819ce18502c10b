using System.Collections.Concurrent;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions.Forks;

/// <summary>What forks of this node's sessions begin with, for as long as they are being made.</summary>
internal sealed class ForkContents
{
    private readonly ConcurrentDictionary<string, ForkContent> _contents = new(StringComparer.Ordinal);

    /// <summary>Holds content ready until the result is disposed of.</summary>
    public IDisposable Add(string id, ForkContent content)
    {
        _contents[id] = content;
        return new Removal(() => _contents.TryRemove(id, out _));
    }

    /// <summary>The content of that name, of that tenant; null where there is none.</summary>
    public ForkContent? Find(string tenantId, string id) => _contents.TryGetValue(id, out var content) && content.TenantId == tenantId ? content : null;

    private sealed class Removal(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}

/// <summary>What a fork begins with: stored files, or an image.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="ArtifactId">Where the files are stored; null where there is an image.</param>
/// <param name="Image">The sandbox with its memory; null where there are files.</param>
/// <param name="Kernels">Kernels that run in the image.</param>
internal sealed record ForkContent(string TenantId, string? ArtifactId, SandboxImage? Image, IReadOnlyList<SavedKernel> Kernels);
