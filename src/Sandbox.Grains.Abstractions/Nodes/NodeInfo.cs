using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Nodes;

/// <summary>How a node stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NodeStatus>))]
public enum NodeStatus
{
    /// <summary>It takes work.</summary>
    [JsonStringEnumMemberName("active")] Active = 0,

    /// <summary>It takes no new work, and has some that has not ended.</summary>
    [JsonStringEnumMemberName("draining")] Draining = 1,

    /// <summary>It takes no new work, and has none.</summary>
    [JsonStringEnumMemberName("drained")] Drained = 2,

    /// <summary>None of its processes answers.</summary>
    [JsonStringEnumMemberName("unreachable")] Unreachable = 3,
}

/// <summary>A node: a machine that runs sandboxes, and all server processes on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How it stands.</param>
/// <param name="DrainingSince">Since when it takes no new work; null while it does.</param>
/// <param name="Capacity">What it offers in all.</param>
/// <param name="Free">What it could still take.</param>
/// <param name="Work">What it has.</param>
/// <param name="Isolation">Those of <see cref="IsolationClasses"/> that can be had there.</param>
/// <param name="Pools">Sandboxes that wait for work.</param>
/// <param name="Processes">Its server processes.</param>
public sealed record NodeInfo(
    string Name,
    NodeStatus Status,
    DateTimeOffset? DrainingSince,
    NodeRoom Capacity,
    NodeRoom Free,
    NodeWork Work,
    IReadOnlyList<string> Isolation,
    IReadOnlyList<NodePool> Pools,
    IReadOnlyList<NodeProcess> Processes);

/// <summary>Room for work.</summary>
/// <param name="Jobs">Jobs that run at a time.</param>
/// <param name="MemoryBytes">Memory that running jobs may be promised, in bytes.</param>
/// <param name="QueuedJobs">Jobs that wait.</param>
/// <param name="Sessions">Live sessions and services.</param>
[GenerateSerializer, Immutable, Alias("sandbox.node.room")]
public sealed record NodeRoom(
    [property: Id(0)] int Jobs, [property: Id(1)] long MemoryBytes, [property: Id(2)] int QueuedJobs, [property: Id(3)] int Sessions)
{
    /// <summary>No room at all.</summary>
    public static NodeRoom None { get; } = new(0, 0, 0, 0);

    /// <summary>The room of both.</summary>
    public NodeRoom And(NodeRoom other) =>
        new(Jobs + other.Jobs, MemoryBytes + other.MemoryBytes, QueuedJobs + other.QueuedJobs, Sessions + other.Sessions);
}

/// <summary>What a node has that has not ended.</summary>
/// <param name="QueuedJobs">Jobs that wait.</param>
/// <param name="RunningJobs">Jobs that run.</param>
/// <param name="LiveSessions">Sessions that take steps.</param>
/// <param name="PausedSessions">Sessions that are paused in memory.</param>
/// <param name="StoredSessions">Sessions that are paused to disk: they have no sandbox.</param>
/// <param name="Services">Services that start or run.</param>
public sealed record NodeWork(int QueuedJobs, int RunningJobs, int LiveSessions, int PausedSessions, int StoredSessions, int Services)
{
    /// <summary>Nothing.</summary>
    public static NodeWork None { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Whether nothing of it needs the node.</summary>
    [JsonIgnore]
    public bool IsNone => this with { StoredSessions = 0 } == None;
}

/// <summary>Sandboxes of one kind that wait for work.</summary>
/// <param name="Template">The template that they began with, by its key.</param>
/// <param name="Language">The interpreter that runs in them; null for none.</param>
/// <param name="Isolation">One of <see cref="IsolationClasses"/>.</param>
/// <param name="Ready">How many there are.</param>
[GenerateSerializer, Immutable, Alias("sandbox.node.pool")]
public sealed record NodePool(
    [property: Id(0)] string Template, [property: Id(1)] string? Language, [property: Id(2)] string Isolation, [property: Id(3)] int Ready);

/// <summary>A server process of a node.</summary>
/// <param name="Name">Its name in the cluster.</param>
/// <param name="Address">Where it is reached in the cluster.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="HeartbeatAt">When it last told that it lives: it does so every half minute; others probe it every few seconds.</param>
public sealed record NodeProcess(string Name, string Address, DateTimeOffset StartedAt, DateTimeOffset HeartbeatAt);
