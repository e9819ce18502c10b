using Sandbox.Api.Audit;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Dashboard.Audit;

/// <summary>The audit record of the tenant, and whether its chain is whole.</summary>
internal static class AuditPages
{
    public static void MapAuditPages(this IEndpointRouteBuilder dashboard)
    {
        var audit = dashboard.MapGroup("/audit").RequireAuthorization(ApiAuthentication.ReadAudit);
        audit.MapGet("", List);
        audit.MapGet("/check", Check);
    }

    private static async Task<IResult> List(HttpContext context, IAuditQueries audit)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(SearchForm.Filled(context.Request.Query), errors);
        var wanted = AuditSearch.Read(context.Caller.TenantId, query, errors);
        query.RefuseUnknown();
        return errors.Any
            ? Page.Of<AuditPage>(new { Problem = ProblemResult.From(errors).Document }, StatusCodes.Status400BadRequest)
            : Page.Of<AuditPage>(new { List = await AuditSearch.Find(audit, wanted, context.RequestAborted) });
    }

    private static async Task<IResult> Check(HttpContext context, IAuditQueries audit) =>
        Page.Of<AuditCheckPage>(new { Found = AuditCheck.Of(await audit.Verify(context.Caller.TenantId, context.RequestAborted)) });
}
