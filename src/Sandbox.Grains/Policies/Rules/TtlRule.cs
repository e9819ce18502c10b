namespace Sandbox.Grains.Policies.Rules;

/// <summary>A session may not be given more time than allowed, neither at first nor later.</summary>
internal sealed class TtlRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(PlatformPolicyOptions bounds, PolicyRequest request)
    {
        if (request.TtlSeconds is { } asked && bounds.MaxTtlSeconds is { } most && asked > most)
            yield return new PolicyViolation("ttl", "ttlSeconds", FormattableString.Invariant($"Policy allows at most {most}, not {asked}."));
    }
}
