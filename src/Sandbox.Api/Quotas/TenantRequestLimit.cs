using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Quotas;

/// <summary>
/// Holds the requests of a tenant to its quota. It is the credential's tenant that they count for, whatever tenant an operator acts in,
/// and before it is asked what the role may do: a refusal costs as much.
/// </summary>
internal sealed class TenantRequestLimit(
    RequestDelegate next, RequestBuckets buckets, KnownCredentials known, ITenantStore tenants, ITenantQuotas quotas, IPeers peers)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var isKnown = context.User.Identity is { IsAuthenticated: true };
        known.Note(context.Request, isKnown);
        if (!isKnown || IsFree(context) || CallerClaims.ToCaller(context.User) is not { } caller)
        {
            await next(context);
            return;
        }

        var overrides = (await tenants.Find(caller.TenantId, context.RequestAborted))?.Quotas;
        var bucket = BucketOf(caller.TenantId, quotas, overrides);
        var state = buckets.Take(bucket);
        state.WriteTo(context.Response, bucket);
        if (state.IsIn)
            await next(context);
        else
            await ProblemResult.RateLimited($"The tenant asks more than {bucket.PerSecond} times a second.", bucket.PerSecond).ExecuteAsync(context);
    }

    /// <summary>The bucket of a tenant in this process, which lets through its part of what the tenant may.</summary>
    public static RequestBucket BucketOf(string tenant, ITenantQuotas quotas, QuotaOverrides? overrides)
    {
        var its = quotas.Defaults.With(overrides);
        return new RequestBucket($"tenant:{tenant}", PartOf(its.RequestsPerSecond, quotas.Processes), PartOf(its.RequestBurst, quotas.Processes));
    }

    private static int PartOf(int all, int processes) => Math.Max(1, all / processes);

    // What was passed on by another process was counted there.
    private bool IsFree(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        || peers.IsFromPeer(context);
}
