using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Lists;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Resources by id, in memory.</summary>
internal sealed class MemoryResourceIndex : IResourceIndex
{
    private readonly ConcurrentDictionary<(string Type, string Id), IndexedResource> _rows = new();

    public void Add(string type, string id, IndexedResource row) => _rows[(type, id)] = row;

    public Task<IndexedResource?> Find(string type, string id, CancellationToken cancellationToken = default) =>
        Task.FromResult(_rows.GetValueOrDefault((type, id)));
}
