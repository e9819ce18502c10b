using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>What a service shall be: the validated request.</summary>
/// <param name="Sandbox">Its sandbox, which lives as long as it does.</param>
/// <param name="Command">Argument vector of its program; null for code.</param>
/// <param name="Language">Language of the code; null for a command.</param>
/// <param name="Code">Source text, which becomes a file in the workspace; null for a command, and once it is there.</param>
/// <param name="Port">Port on the sandbox's loopback at which it answers.</param>
/// <param name="Health">How it is found out whether it does.</param>
/// <param name="MaxAttempts">How often its program may fail on end before it is given up; 1 for no restart.</param>
/// <param name="Files">Files placed in the workspace before the first start; none once they are there.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.spec")]
public sealed record ServiceSpec(
    [property: Id(0)] SessionSpec Sandbox,
    [property: Id(1)] IReadOnlyList<string>? Command,
    [property: Id(2)] string? Language,
    [property: Id(3)] string? Code,
    [property: Id(4)] int Port,
    [property: Id(5)] ServiceHealth Health,
    [property: Id(6)] int MaxAttempts,
    [property: Id(7)] IReadOnlyList<JobFile> Files);

/// <summary>How it is found out whether a service answers.</summary>
/// <param name="Path">Path that has to be answered with a status from 200 to 399; null where it is enough that something listens.</param>
/// <param name="IntervalSeconds">Seconds between two looks at a running service.</param>
/// <param name="TimeoutSeconds">Seconds that one look may take.</param>
/// <param name="StartSeconds">Seconds from the start of its program within which it has to answer for the first time.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.health")]
public sealed record ServiceHealth(
    [property: Id(0)] string? Path,
    [property: Id(1)] double IntervalSeconds,
    [property: Id(2)] double TimeoutSeconds,
    [property: Id(3)] double StartSeconds);
