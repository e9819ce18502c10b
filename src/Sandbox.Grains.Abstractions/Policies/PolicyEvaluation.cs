using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>What would be decided on a request, all of it.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Violations">Everything that stands against the request, what decided first.</param>
/// <param name="Limits">Limits that it would run within.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.evaluation")]
public sealed record PolicyEvaluation(
    [property: Id(0)] PolicyDecision Decision,
    [property: Id(1)] IReadOnlyList<PolicyViolation> Violations,
    [property: Id(2)] ResourceLimits Limits);

/// <summary>One thing that stands against a request.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Field">The request member at fault, as a camelCase path; <see cref="WholeRequest"/> where none is.</param>
/// <param name="Reason">Why, for a person.</param>
[GenerateSerializer, Immutable, Alias("sandbox.policy.violation")]
public sealed record PolicyViolation([property: Id(0)] string Rule, [property: Id(1)] string Field, [property: Id(2)] string Reason)
{
    /// <summary>Stands for the request as a whole.</summary>
    public const string WholeRequest = "$";
}
