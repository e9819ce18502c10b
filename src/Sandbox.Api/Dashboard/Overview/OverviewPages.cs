using Microsoft.AspNetCore.Authorization;
using Sandbox.Api.Audit;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Quotas;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Dashboard.Overview;

/// <summary>The first page: how the tenant stands and, for operators, what the server does.</summary>
internal static class OverviewPages
{
    private const int MostDenials = 100;

    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    public static void MapOverview(this IEndpointRouteBuilder dashboard) =>
        dashboard.MapGet("", Get).RequireAuthorization(ApiAuthentication.AnyRole);

    private static async Task<IResult> Get(
        HttpContext context, UsageReading usage, RecentActivity activity, IAuditQueries audit, IAuthorizationService authorization, TimeProvider time)
    {
        var operates = await authorization.AuthorizeAsync(context.User, null, ApiAuthentication.Operate);
        var readsAudit = await authorization.AuthorizeAsync(context.User, null, ApiAuthentication.ReadAudit);
        var denied = new AuditQuery(context.Caller.TenantId, MostDenials) { From = time.GetUtcNow() - Recent, Outcome = AuditOutcomes.Denied };
        return Page.Of<OverviewPage>(new
        {
            Usage = usage.Of(context.Caller.TenantId),
            Figures = operates.Succeeded ? activity.Read() : null,
            Denials = readsAudit.Succeeded ? await AuditSearch.Find(audit, denied, context.RequestAborted) : null,
            Since = denied.From.Value.UtcDateTime,
        });
    }
}
