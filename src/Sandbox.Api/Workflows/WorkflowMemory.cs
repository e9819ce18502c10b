using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>A key of a workflow's memory.</summary>
public sealed record WorkflowMemoryKey
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Its version, which is also its ETag.</summary>
    public required long Version { get; init; }

    /// <summary>Bytes of its value.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When.</summary>
    public required DateTime ChangedAt { get; init; }

    internal static WorkflowMemoryKey From(MemoryKey key) => new()
    {
        Key = key.Key,
        Version = key.Version,
        SizeBytes = key.SizeBytes,
        AgentId = key.AgentId,
        ChangedAt = key.ChangedAt.UtcDateTime,
    };
}

/// <summary>A page of keys, in alphabetical order.</summary>
public sealed record WorkflowMemoryList
{
    /// <summary>The keys, without their values.</summary>
    public required IReadOnlyList<WorkflowMemoryKey> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
