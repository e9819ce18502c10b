using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Abstractions.Sandboxes;

/// <summary>Bounds within which code runs; each has its own <see cref="JobCauses"/> when it is hit.</summary>
/// <param name="Cpu">Processors, in whole or parts.</param>
/// <param name="MemoryBytes">Memory of all processes together, files in the workspace included.</param>
/// <param name="DiskBytes">Size of the workspace, and of <c>/tmp</c> likewise.</param>
/// <param name="Processes">Processes and threads at one time.</param>
/// <param name="WallSeconds">Seconds from the start of a job's or step's code to its end.</param>
/// <param name="OutputBytes">Bytes of a job's or step's output, of all streams together.</param>
[GenerateSerializer, Immutable, Alias("sandbox.limits")]
public sealed record ResourceLimits(
    [property: Id(0)] double Cpu,
    [property: Id(1)] long MemoryBytes,
    [property: Id(2)] long DiskBytes,
    [property: Id(3)] int Processes,
    [property: Id(4)] double WallSeconds,
    [property: Id(5)] long OutputBytes);
