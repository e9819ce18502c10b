namespace Sandbox.Grains.Policies.Rules;

/// <summary>The template has to be an allowed one.</summary>
internal sealed class TemplatesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(PlatformPolicyOptions bounds, PolicyRequest request) =>
        AllowedNames.Check(bounds.Templates, request.Template, "templates", "template");
}
