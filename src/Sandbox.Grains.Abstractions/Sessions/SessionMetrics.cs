namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>What a session's sandbox uses, as the kernel of its node counts it. One that is paused to disk uses nothing.</summary>
/// <param name="At">When it was looked at.</param>
/// <param name="CpuSeconds">Processor seconds since its sandbox was made; that of a restored one counts anew.</param>
/// <param name="CpuUsed">Processors that were busy on the average since the look before this one, or, at the first, since it was made.</param>
/// <param name="MemoryBytes">Memory in use, files of the workspace included, in bytes.</param>
/// <param name="PeakMemoryBytes">Largest memory use, in bytes.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.metrics")]
public sealed record SessionMetrics(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] double CpuSeconds,
    [property: Id(2)] double CpuUsed,
    [property: Id(3)] long MemoryBytes,
    [property: Id(4)] long PeakMemoryBytes);
