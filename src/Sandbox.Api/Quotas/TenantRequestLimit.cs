using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Services;

namespace Sandbox.Api.Quotas;

/// <summary>
/// Holds the requests of a tenant to its quota. It is the credential's tenant that they count for, whatever tenant an operator acts in,
/// and before it is asked what the role may do: a refusal costs as much.
/// </summary>
internal sealed class TenantRequestLimit(
    RequestDelegate next, TenantRequests requests, KnownCredentials known, IPeers peers)
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

        if (await requests.Take(caller.TenantId, context, ofToken: caller.Role == ServiceTokenHolder.Role) is { } limited)
            await limited.ExecuteAsync(context);
        else
            await next(context);
    }

    // What was passed on by another process was counted there.
    private bool IsFree(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata
        && (metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        || peers.IsFromPeer(context);
}
