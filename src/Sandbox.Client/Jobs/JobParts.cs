namespace Sandbox.Client;

/// <summary>Limits in force.</summary>
public sealed record ResourceLimits
{
    /// <summary>Processors, in whole or parts.</summary>
    public double? Cpu { get; init; }

    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Size of the workspace, and of /tmp likewise, in bytes.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Processes and threads at one time.</summary>
    public long? Processes { get; init; }

    /// <summary>Seconds that a job, or a step of a session, may take.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Bytes of output, all streams together.</summary>
    public long? OutputBytes { get; init; }
}

/// <summary>What a job has used.</summary>
public sealed record JobUsage
{
    /// <summary>Seconds from its start to its end.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Seconds of processor time.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Most memory at one time, in bytes.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Bytes of output.</summary>
    public long? OutputBytes { get; init; }
}

/// <summary>A file that matched a glob and was not kept.</summary>
public sealed record SkippedArtifact
{
    /// <summary>Path relative to the workspace.</summary>
    public string Name { get => field ?? string.Empty; init; }

    /// <summary>Why not: too large, not a regular file, gone, unreadable.</summary>
    public string Reason { get => field ?? string.Empty; init; }
}
