using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>A part of what a service's program has printed.</summary>
/// <param name="Attempt">The attempt that it is of.</param>
/// <param name="Output">The bytes.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.log")]
public sealed record ServiceLog([property: Id(0)] int Attempt, [property: Id(1)] CommandOutput Output);

/// <summary>Events of one attempt's output.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Page">Its events.</param>
/// <param name="Last">Whether no attempt follows: the service is over.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.log_page")]
public sealed record ServiceLogPage([property: Id(0)] int Attempt, [property: Id(1)] OutputEventPage Page, [property: Id(2)] bool Last);
