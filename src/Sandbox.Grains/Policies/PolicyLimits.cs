namespace Sandbox.Grains.Policies;

/// <summary>The most that a policy permits of each limit; null where it sets no bound of its own.</summary>
public sealed record PolicyLimits
{
    /// <summary>Processors, in whole or parts.</summary>
    public double? Cpu { get; init; }

    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Workspace in bytes.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>Processes and threads at one time.</summary>
    public int? Processes { get; init; }

    /// <summary>Seconds of a job or step.</summary>
    public double? WallSeconds { get; init; }

    /// <summary>Bytes of output of a job or step.</summary>
    public long? OutputBytes { get; init; }
}
