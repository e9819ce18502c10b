using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Quotas;

/// <summary>The requests that tenants may make of this process, each counted once.</summary>
internal sealed class TenantRequests(RequestBuckets buckets, ITenantStore tenants, ITenantQuotas quotas)
{
    /// <summary>Counts a request and tells of it in its headers; the answer to one too many, null where it may go on.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="context">The request.</param>
    /// <param name="ofToken">
    /// Whether it came with the token of a service. Such requests have as many of their own: strangers who hold a token cannot keep
    /// the tenant from revoking it.
    /// </param>
    public async Task<ProblemResult?> Take(string tenant, HttpContext context, bool ofToken = false)
    {
        var bucket = BucketOf(tenant, (await tenants.Find(tenant, context.RequestAborted))?.Quotas);
        if (ofToken)
            bucket = bucket with { Owner = $"tokens:{tenant}" };
        var state = buckets.Take(bucket);
        state.WriteTo(context.Response, bucket);
        return state.IsIn ? null : ProblemResult.RateLimited($"The tenant asks more than {bucket.PerSecond} times a second.", bucket.PerSecond);
    }

    /// <summary>The bucket of a tenant in this process.</summary>
    public RequestBucket BucketOf(string tenant, QuotaOverrides? overrides)
    {
        var its = quotas.Defaults.With(overrides);
        return new RequestBucket($"tenant:{tenant}", PartOf(its.RequestsPerSecond), PartOf(its.RequestBurst));
    }

    // Each process lets through its part.
    private int PartOf(int all) => Math.Max(1, all / quotas.Processes);
}
