using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>The isolation class has to be an allowed one.</summary>
internal sealed class IsolationRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        AllowedNames.Check(permit.Isolation, request.Isolation, "isolation", "isolation");
}
