using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Grains.Policies;

/// <summary>All rules together: what they forbid about a request, every violation of it.</summary>
internal sealed class PolicyRules(IEnumerable<IPolicyRule> rules, IOptions<PlatformPolicyOptions> bounds)
{
    /// <summary>The refusal that names every violation; the first of them is its rule. Null where nothing is forbidden.</summary>
    public Refusal? Refuse(PolicyRequest request)
    {
        var violations = rules.SelectMany(rule => rule.Check(bounds.Value, request)).ToList();
        if (violations is not [var first, ..])
            return null;
        return new Refusal(RefusalCodes.PolicyDenied, first.Reason, first.Field, Rule: first.Rule)
        {
            More = [.. violations.Skip(1).Select(violation => new FieldError(violation.Field, violation.Reason))],
        };
    }
}
