using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>What a session's sandbox uses, as the kernel of its node counts it.</summary>
public sealed record SessionUsage
{
    /// <summary>When it was looked at.</summary>
    public required DateTime At { get; init; }

    /// <summary>Processor seconds since its sandbox was made.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Processors that were busy on the average since the look before this one.</summary>
    public required double CpuUsed { get; init; }

    /// <summary>Memory in use, files of the workspace included, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Largest memory use, in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    internal static SessionUsage From(SessionMetrics metrics) => new()
    {
        At = metrics.At.UtcDateTime,
        CpuSeconds = metrics.CpuSeconds,
        CpuUsed = metrics.CpuUsed,
        MemoryBytes = metrics.MemoryBytes,
        PeakMemoryBytes = metrics.PeakMemoryBytes,
    };
}
