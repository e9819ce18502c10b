using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>
/// Makes the <see cref="Caller"/> of a request from its credential's claims. Only an operator may act in another
/// tenant, named by <c>X-Tenant-Id</c>.
/// </summary>
internal sealed class CallerResolution(RequestDelegate next)
{
    public const string TenantHeader = "X-Tenant-Id";

    private const int LongestTenant = 64;

    private static readonly SearchValues<char> TenantCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity is not { IsAuthenticated: true })
            return next(context);
        // What a credential opened is for its holder alone, X-API-Key included, which caches know nothing of.
        context.Response.Headers.CacheControl = "no-store";
        if (CallerClaims.ToCaller(context.User) is not { } caller)
            return ProblemResult.Of(ProblemCodes.Forbidden, "The credential lacks a tenant, an agent or a role.").ExecuteAsync(context);
        if (!TryEnterTenant(context.Request, ref caller, out var problem))
            return problem!.ExecuteAsync(context);
        context.Features.Set(caller);
        return next(context);
    }

    private static bool TryEnterTenant(HttpRequest request, ref Caller caller, out ProblemResult? problem)
    {
        problem = null;
        if (!request.Headers.TryGetValue(TenantHeader, out var values))
            return true;
        if (values is not [{ Length: > 0 and <= LongestTenant } tenant] || tenant.AsSpan().ContainsAnyExcept(TenantCharacters))
        {
            var errors = new RequestErrors();
            errors.Add(TenantHeader, $"Must be one value of 1 to {LongestTenant} characters of a-z, 0-9, _ and -.");
            problem = ProblemResult.From(errors);
            return false;
        }
        // To anybody but an operator, another tenant does not exist.
        var exists = tenant == caller.TenantId || (caller.Role == Roles.Operator && tenant == WellKnownTenants.Default);
        if (!exists)
        {
            problem = ProblemResult.Of(RefusalCodes.TenantNotFound);
            return false;
        }
        caller = caller with { TenantId = tenant };
        return true;
    }
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
