using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>Under a policy that was removed nothing begins any more.</summary>
internal sealed class WithdrawnRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request)
    {
        if (permit.Withdrawn)
            yield return new PolicyViolation("policy", "policy", $"The policy '{permit.Policy}' was removed.");
    }
}
