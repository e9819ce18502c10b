using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>Every secret has to be an allowed one.</summary>
internal sealed class SecretsRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) => (request.Secrets ?? []).Index()
        .Where(secret => !permit.Secrets.Contains(secret.Item, StringComparer.Ordinal))
        .Select(secret => new PolicyViolation("secrets", $"secrets[{secret.Index}]", "Policy does not allow this secret."));
}
