namespace Sandbox.Grains.Policies.Rules;

/// <summary>The isolation class has to be an allowed one.</summary>
internal sealed class IsolationRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(PlatformPolicyOptions bounds, PolicyRequest request) =>
        AllowedNames.Check(bounds.Isolation, request.Isolation, "isolation", "isolation");
}
