using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Audit;

/// <summary>The routes under <c>/v1/audit</c>: who did what in the tenant, and whether the record of it is whole.</summary>
internal static class AuditEndpoints
{
    public static RouteGroupBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/audit").WithTags("Audit").RequireAuthorization(ApiAuthentication.ReadAudit);
        audit.MapGet("/events", List).DescribeListAuditEvents();
        audit.MapGet("/verify", Verify).DescribeVerifyAudit();
        audit.MapGet("/export", Export).DescribeExportAudit();
        return audit;
    }

    private static async Task<Results<Ok<AuditList>, ProblemResult>> List(HttpContext context, IAuditQueries audit)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wanted = AuditSearch.Read(context.Caller.TenantId, query, errors);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return TypedResults.Ok(await AuditSearch.Find(audit, wanted, context.RequestAborted));
    }

    private static async Task<Results<Ok<AuditCheck>, ProblemResult>> Verify(HttpContext context, IAuditQueries audit)
    {
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return TypedResults.Ok(AuditCheck.Of(await audit.Verify(context.Caller.TenantId, context.RequestAborted)));
    }

    private static Results<AuditExport, ProblemResult> Export(HttpContext context, IAuditQueries audit)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var (from, to) = (AuditSearch.Time(query, "from", errors), AuditSearch.Time(query, "to", errors));
        var after = query.Integer("cursor", 0L, long.MaxValue, 0L);
        query.RefuseUnknown();
        return errors.Any
            ? ProblemResult.From(errors)
            : new AuditExport(audit.Export(context.Caller.TenantId, after, from, to, context.RequestAborted));
    }
}
