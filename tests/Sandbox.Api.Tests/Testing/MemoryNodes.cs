using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A cluster of one node.</summary>
internal sealed class MemoryNodes : INodes
{
    public const string Name = "node-1";

    private static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private NodeInfo _node = new(
        Name, NodeStatus.Active, null, new NodeRoom(8, 1 << 30, 100, 50), new NodeRoom(7, 1 << 29, 100, 48), new NodeWork(0, 1, 2, 0, 0, 0),
        ["standard"], [new NodePool("default", "python", "standard", 3)], [new NodeProcess("member-1", "127.0.0.1:1", Began, Began.AddMinutes(1))]);

    public Task<IReadOnlyList<NodeInfo>> List(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<NodeInfo>>([_node]);

    public Task<NodeInfo?> Find(string name, CancellationToken cancellationToken = default) => Task.FromResult(name == Name ? _node : null);

    public Task<NodeInfo?> SetDrain(Caller caller, string name, bool on, CancellationToken cancellationToken = default)
    {
        if (name == Name)
            _node = _node with { Status = on ? NodeStatus.Draining : NodeStatus.Active, DrainingSince = on ? Began : null };
        return Find(name, cancellationToken);
    }
}
