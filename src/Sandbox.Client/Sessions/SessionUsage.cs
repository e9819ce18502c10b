namespace Sandbox.Client;

/// <summary>What a session's sandbox uses. One that is paused to disk uses nothing.</summary>
public sealed record SessionUsage
{
    /// <summary>When it was looked at.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Processor seconds since its sandbox was made; that of a restored one counts anew.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Processors that were busy on the average since the look before this one, or, at the first, since it was made.</summary>
    public double CpuUsed { get; init; }

    /// <summary>Memory in use, files of the workspace included, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Largest memory use, in bytes.</summary>
    public long PeakMemoryBytes { get; init; }
}
