using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Audit;

/// <summary>The routes under <c>/v1/audit</c>: who did what in the tenant, and whether the record of it is whole.</summary>
internal static class AuditEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;
    private const int LongestFilter = 512;

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
        var wanted = new AuditQuery(context.Caller.TenantId, query.Integer("limit", 1, LargestPage, DefaultPage))
        {
            From = Time(query, "from", errors),
            To = Time(query, "to", errors),
            Actor = Filter(query, "actor", errors),
            Action = Filter(query, "action", errors),
            Resource = Filter(query, "resource", errors),
            Outcome = Filter(query, "outcome", errors),
            Before = query.NumberCursor(),
        };
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await audit.Query(wanted, context.RequestAborted);
        return TypedResults.Ok(new AuditList
        {
            Items = [.. page.Items.Select(AuditItem.Of)],
            NextCursor = page.Next is { } next ? CursorOf(next) : null,
        });
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
        var (from, to) = (Time(query, "from", errors), Time(query, "to", errors));
        var after = query.Integer("cursor", 0L, long.MaxValue, 0L);
        query.RefuseUnknown();
        return errors.Any
            ? ProblemResult.From(errors)
            : new AuditExport(audit.Export(context.Caller.TenantId, after, from, to, context.RequestAborted));
    }

    private static DateTimeOffset? Time(RequestQuery query, string name, RequestErrors errors)
    {
        if (query.Single(name) is not { } text)
            return null;
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];
        if (DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        errors.Add(name, "Must be a time such as 2026-01-31T12:00:00Z.");
        return null;
    }

    private static string? Filter(RequestQuery query, string name, RequestErrors errors)
    {
        var text = query.Single(name);
        if (text is null or { Length: > 0 and <= LongestFilter })
            return text;
        errors.Add(name, $"Must have 1 to {LongestFilter} characters.");
        return null;
    }

    private static string CursorOf(long sequence) =>
        CursorText.Write(DateTimeOffset.MinValue, sequence.ToString(CultureInfo.InvariantCulture));
}
