using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>What is durable of nodes. Their work is what the test says.</summary>
internal sealed class MemoryNodeStore : INodeStore
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _draining = new();

    public NodeWork Work { get; set; } = NodeWork.None;

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> ListDraining(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<string, DateTimeOffset>>(new Dictionary<string, DateTimeOffset>(_draining));

    public Task SetDraining(string node, bool on, AuditEvent what, CancellationToken cancellationToken = default)
    {
        if (on)
            _draining.TryAdd(node, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        else
            _draining.TryRemove(node, out _);
        return Task.CompletedTask;
    }

    public Task<NodeWork> CountWork(string node, CancellationToken cancellationToken = default) => Task.FromResult(Work);
}
