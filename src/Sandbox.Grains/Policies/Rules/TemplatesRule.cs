using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>The template has to be an allowed one.</summary>
internal sealed class TemplatesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        AllowedNames.Check(permit.Templates, request.Template, "templates", "template");
}
