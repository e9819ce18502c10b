using Sandbox.Grains.Abstractions.Nodes;

namespace Sandbox.Api.Nodes;

/// <summary>A node: a machine that runs sandboxes, and all server processes on it.</summary>
public sealed record Node
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands.</summary>
    public required NodeStatus Status { get; init; }

    /// <summary>Since when it takes no new work; left out while it does.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    /// <summary>When one of its processes last told that it lives; left out where none answers.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>Isolation classes that can be had there.</summary>
    public required IReadOnlyList<string> Isolation { get; init; }

    /// <summary>What it offers in all.</summary>
    public required NodeRoom Capacity { get; init; }

    /// <summary>What it could still take; nothing while it takes no new work.</summary>
    public required NodeRoom Free { get; init; }

    /// <summary>What it has that has not ended.</summary>
    public required NodeWork Work { get; init; }

    /// <summary>Sandboxes that wait for work, by kind.</summary>
    public required IReadOnlyList<NodePool> Pools { get; init; }

    /// <summary>Its server processes.</summary>
    public required IReadOnlyList<NodeProcess> Processes { get; init; }

    internal static Node Of(NodeInfo node) => new()
    {
        Name = node.Name,
        Status = node.Status,
        DrainingSince = node.DrainingSince,
        LastHeartbeatAt = node.Processes.Count == 0 ? null : node.Processes.Max(static process => process.HeartbeatAt),
        Isolation = node.Isolation,
        Capacity = node.Capacity,
        Free = node.Free,
        Work = node.Work,
        Pools = node.Pools,
        Processes = node.Processes,
    };
}

/// <summary>All nodes.</summary>
public sealed record NodeList
{
    /// <summary>The nodes in the order of their names.</summary>
    public required IReadOnlyList<Node> Items { get; init; }
}
