using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Policies.Rules;

/// <summary>No more sandboxes at a time than allowed.</summary>
internal sealed class ConcurrencyRule : IPolicyRule
{
    public IEnumerable<PolicyViolation> Check(EffectivePermit permit, PolicyRequest request)
    {
        if (request.Others is { } others && permit.Concurrency is { } most && others >= most)
            yield return new PolicyViolation(QuotaNames.Concurrency, PolicyViolation.WholeRequest, $"Policy allows {most} jobs and sessions at a time, and so many there are.");
    }
}
