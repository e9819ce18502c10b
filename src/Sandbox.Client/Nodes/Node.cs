using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>States of a node. Later servers may have more.</summary>
public static class NodeStatus
{
    /// <summary>It takes work.</summary>
    public const string Active = "active";

    /// <summary>It takes no new work, and has some that goes on.</summary>
    public const string Draining = "draining";

    /// <summary>It takes no new work, and has none.</summary>
    public const string Drained = "drained";

    /// <summary>None of its processes answers.</summary>
    public const string Unreachable = "unreachable";
}

/// <summary>A node: a machine that runs sandboxes, and all server processes on it.</summary>
public sealed record Node
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands; see <see cref="NodeStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Since when it takes no new work; null while it does.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    /// <summary>When one of its processes last told that it lives; null where none answers.</summary>
    public DateTimeOffset? LastHeartbeatAt { get; init; }

    /// <summary>Isolation classes that can be had there.</summary>
    public IReadOnlyList<string> Isolation { get => field ?? []; init; }

    /// <summary>What it offers in all.</summary>
    public NodeRoom Capacity { get => field ?? new(); init; }

    /// <summary>What it could still take; nothing while it takes no new work.</summary>
    public NodeRoom Free { get => field ?? new(); init; }

    /// <summary>What it has that has not ended.</summary>
    public NodeWork Work { get => field ?? new(); init; }

    /// <summary>Sandboxes that wait for work, by kind.</summary>
    public IReadOnlyList<NodePool> Pools { get => field ?? []; init; }

    /// <summary>Its server processes.</summary>
    public IReadOnlyList<NodeProcess> Processes { get => field ?? []; init; }
}

/// <summary>Room for work.</summary>
public sealed record NodeRoom
{
    /// <summary>Jobs that run at a time.</summary>
    public int Jobs { get; init; }

    /// <summary>Memory that running jobs may be promised, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Jobs that wait.</summary>
    public int QueuedJobs { get; init; }

    /// <summary>Live sessions and services.</summary>
    public int Sessions { get; init; }
}

/// <summary>What a node has that has not ended.</summary>
public sealed record NodeWork
{
    /// <summary>Jobs that wait.</summary>
    public int QueuedJobs { get; init; }

    /// <summary>Jobs that run.</summary>
    public int RunningJobs { get; init; }

    /// <summary>Sessions that take steps.</summary>
    public int LiveSessions { get; init; }

    /// <summary>Sessions that are paused in memory.</summary>
    public int PausedSessions { get; init; }

    /// <summary>Sessions that are paused to disk: they have no sandbox.</summary>
    public int StoredSessions { get; init; }

    /// <summary>Services that start or run.</summary>
    public int Services { get; init; }

    /// <summary>Whether nothing of it needs the node.</summary>
    [JsonIgnore]
    public bool IsNone => this with { StoredSessions = 0 } == new NodeWork();
}

/// <summary>Sandboxes of one kind that wait for work.</summary>
public sealed record NodePool
{
    /// <summary>The template that they began with.</summary>
    public string Template { get => field ?? string.Empty; init; }

    /// <summary>The interpreter that runs in them; null for none.</summary>
    public string? Language { get; init; }

    /// <summary>Isolation class.</summary>
    public string Isolation { get => field ?? string.Empty; init; }

    /// <summary>How many there are.</summary>
    public int Ready { get; init; }
}

/// <summary>A server process of a node.</summary>
public sealed record NodeProcess
{
    /// <summary>Its name in the cluster.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>Where it is reached in the cluster.</summary>
    public string Address { get => field ?? string.Empty; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last told that it lives.</summary>
    public DateTimeOffset? HeartbeatAt { get; init; }
}
