using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>All rules together: what a permit does not cover of a request, every violation of it.</summary>
internal sealed class PolicyRules(IEnumerable<IPolicyRule> rules)
{
    /// <summary>Everything about the request that is forbidden, in the order of the rules.</summary>
    public IReadOnlyList<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        [.. rules.SelectMany(rule => rule.Check(permit, request))];

    /// <summary>The refusal that names every violation; the first of them is its rule. Null where nothing is forbidden.</summary>
    public Refusal? Refuse(EffectivePermit permit, PolicyRequest request) => Refusal(Check(permit, request));

    /// <inheritdoc cref="Refuse"/>
    public static Refusal? Refusal(IReadOnlyList<PolicyViolation> violations)
    {
        if (violations is not [var first, ..])
            return null;
        return new Refusal(RefusalCodes.PolicyDenied, first.Reason, first.Field, Rule: first.Rule)
        {
            More = [.. violations.Skip(1).Select(violation => new FieldError(violation.Field, violation.Reason))],
        };
    }
}
