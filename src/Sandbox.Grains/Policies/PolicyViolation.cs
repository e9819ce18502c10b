namespace Sandbox.Grains.Policies;

/// <summary>One thing that a policy forbids about a request.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Field">The request member at fault, as a camelCase path.</param>
/// <param name="Reason">Why, for a person.</param>
internal sealed record PolicyViolation(string Rule, string Field, string Reason);
