namespace Sandbox.Grains.Policies.Rules;

/// <summary>The language has to be an allowed one.</summary>
internal sealed class LanguagesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(PlatformPolicyOptions bounds, PolicyRequest request) =>
        AllowedNames.Check(bounds.Languages, request.Language, "languages", "language");
}
