using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies;

/// <summary>One rule of a policy: pure, and silent about what it is not asked.</summary>
internal interface IPolicyRule
{
    /// <summary>Everything about a request that the permit does not cover by this rule.</summary>
    IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request);
}
