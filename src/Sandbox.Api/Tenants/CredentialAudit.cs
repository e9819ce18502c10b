using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>What is recorded of credentials at the door, before a request goes on: it does not go on when it cannot be recorded.</summary>
internal sealed class CredentialAudit(IAuditLog audit, ITenantStore tenants) : IAuthorizationMiddlewareResultHandler
{
    private const string InsufficientRole = "role";

    private readonly AuthorizationMiddlewareResultHandler _framework = new();

    /// <summary>A request was let in without a credential.</summary>
    public Task BypassUsed(Caller caller, HttpContext context) =>
        audit.Append(AuditEvent.By(caller, AuditActions.AccessBypassed, RouteOf(context)), context.RequestAborted);

    /// <summary>Answers what the framework has decided; that a role was not enough is on record by then.</summary>
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden && CallerClaims.ToCaller(context.User) is { } caller)
            await Refused(caller, policy, context);
        await _framework.HandleAsync(next, context, policy, authorizeResult);
    }

    private async Task Refused(Caller caller, AuthorizationPolicy policy, HttpContext context)
    {
        // A token may name a tenant that does not exist, and has no record.
        if (await tenants.Find(caller.TenantId, context.RequestAborted) is null)
            return;
        var needed = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(static roles => roles.AllowedRoles);
        var refused = AuditEvent.By(caller, AuditActions.AccessDenied, RouteOf(context), AuditOutcomes.Denied);
        await audit.Append((refused with { Cause = Http.ProblemCodes.Forbidden }).With(("rule", InsufficientRole), ("needed", string.Join(' ', needed))), context.RequestAborted);
    }

    // The template, not the path: a path is what a stranger wrote.
    private static AuditResource RouteOf(HttpContext context) => new(
        AuditResourceTypes.Route, $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimEnd('/') ?? "unknown"}");
}
