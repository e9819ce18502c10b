using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>What the rules about lists of names have in common.</summary>
internal static class AllowedNames
{
    public static IEnumerable<PolicyViolation> Check(IReadOnlyList<string>? allowed, string? asked, string rule, string field)
    {
        if (allowed is not null && asked is not null && !allowed.Contains(asked, StringComparer.Ordinal))
            yield return new PolicyViolation(rule, field, $"Policy does not allow the {field} '{asked}'.");
    }
}
