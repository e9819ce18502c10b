namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>The most that a policy permits of each limit; null where it sets no bound of its own.</summary>
[GenerateSerializer, Immutable, Alias("sandbox.policy.limits")]
public sealed record PolicyLimits
{
    /// <summary>Processors, in whole or parts.</summary>
    [Id(0)]
    public double? Cpu { get; init; }

    /// <summary>Memory in bytes.</summary>
    [Id(1)]
    public long? MemoryBytes { get; init; }

    /// <summary>Workspace in bytes.</summary>
    [Id(2)]
    public long? DiskBytes { get; init; }

    /// <summary>Processes and threads at one time.</summary>
    [Id(3)]
    public int? Processes { get; init; }

    /// <summary>Seconds of a job or step.</summary>
    [Id(4)]
    public double? WallSeconds { get; init; }

    /// <summary>Bytes of output of a job or step.</summary>
    [Id(5)]
    public long? OutputBytes { get; init; }
}
