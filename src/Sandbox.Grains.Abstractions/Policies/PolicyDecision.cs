namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>The policy decision stored with what it decided on.</summary>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Version">Its version; 0 where the platform's default applied.</param>
/// <param name="Allowed">Whether the request was permitted.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Reason">Why, for a person.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.decision")]
public sealed record PolicyDecision(
    [property: Id(0)] string Policy,
    [property: Id(1)] int Version,
    [property: Id(2)] bool Allowed,
    [property: Id(3)] string? Rule = null,
    [property: Id(4)] string? Reason = null);
