using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>The language has to be an allowed one.</summary>
internal sealed class LanguagesRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) =>
        AllowedNames.Check(permit.Languages, request.Language, "languages", "language");
}
