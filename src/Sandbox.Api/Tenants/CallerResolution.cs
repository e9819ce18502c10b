using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>
/// Makes the <see cref="Caller"/> of a request from its credential's claims. Only an operator may act in another
/// tenant, named by <c>X-Tenant-Id</c>.
/// </summary>
internal sealed class CallerResolution(RequestDelegate next, ITenantStore tenants, OpenRequests open)
{
    public const string TenantHeader = "X-Tenant-Id";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity is not { IsAuthenticated: true })
        {
            await next(context);
            return;
        }
        // What a credential opened is for its holder alone, X-API-Key included, which caches know nothing of.
        context.Response.Headers.CacheControl = "no-store";
        if (CallerClaims.ToCaller(context.User) is not { } caller)
        {
            await ProblemResult.Of(ProblemCodes.Forbidden, "The credential lacks a tenant, an agent or a role.").ExecuteAsync(context);
            return;
        }
        var problem = await EnterTenant(context, ref caller);
        if (problem is not null)
        {
            await problem.ExecuteAsync(context);
            return;
        }
        context.Features.Set(caller);
        using var watched = open.Watch(context);
        await next(context);
    }

    private Task<ProblemResult?> EnterTenant(HttpContext context, ref Caller caller)
    {
        var own = caller.TenantId;
        if (!context.Request.Headers.TryGetValue(TenantHeader, out var values))
            return Exists(own, ProblemResult.Of(ProblemCodes.TenantUnknown), context.RequestAborted);
        if (values is not [{ } tenant] || !CallerNames.IsTenant(tenant))
        {
            var errors = new RequestErrors();
            errors.Add(TenantHeader, CallerNames.TenantRule);
            return Task.FromResult<ProblemResult?>(ProblemResult.From(errors));
        }
        // To anybody but an operator, another tenant does not exist.
        if (tenant != own && caller.Role != Roles.Operator)
            return Task.FromResult<ProblemResult?>(ProblemResult.Of(RefusalCodes.TenantNotFound));
        caller = caller with { TenantId = tenant };
        return Exists(tenant, tenant == own ? ProblemResult.Of(ProblemCodes.TenantUnknown) : ProblemResult.Of(RefusalCodes.TenantNotFound), context.RequestAborted);
    }

    private async Task<ProblemResult?> Exists(string tenant, ProblemResult otherwise, CancellationToken cancellationToken) =>
        tenant == WellKnownTenants.Default || await tenants.Find(tenant, cancellationToken) is not null ? null : otherwise;
}

/// <summary>Access to the caller of a request.</summary>
internal static class CallerFeature
{
    extension(HttpContext context)
    {
        /// <summary>Who calls. Only for routes that require a credential.</summary>
        public Caller Caller => context.Features.GetRequiredFeature<Caller>();
    }
}
