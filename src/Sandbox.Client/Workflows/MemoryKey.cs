namespace Sandbox.Client;

/// <summary>A key of a workflow's memory.</summary>
public sealed record MemoryKey
{
    /// <summary>The key.</summary>
    public string Key { get => field ?? string.Empty; init; }

    /// <summary>Its version, which is also its ETag.</summary>
    public long Version { get; init; }

    /// <summary>Bytes of its value.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Who wrote it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}
