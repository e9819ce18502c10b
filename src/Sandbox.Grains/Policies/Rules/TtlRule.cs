using Sandbox.Grains.Abstractions.Policies;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>A session may not be given more time than allowed, neither at first nor later.</summary>
internal sealed class TtlRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request) => new[]
    {
        Above(request.TtlSeconds, permit.MaxTtlSeconds, "ttlSeconds"),
        Above(request.IdleSeconds, permit.MaxIdleSeconds, "idleSeconds"),
    }.OfType<PolicyViolation>();

    private static PolicyViolation? Above(double? asked, double? most, string field)
    {
        if (asked is not { } value || most is not { } bound || value <= bound)
            return null;
        var text = double.IsPositiveInfinity(value) ? "no bound at all" : FormattableString.Invariant($"{value}");
        return new PolicyViolation("ttl", field, FormattableString.Invariant($"Policy allows at most {bound}, not {text}."));
    }
}
