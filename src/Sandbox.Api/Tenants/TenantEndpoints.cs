using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants.Requests;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tenants;

/// <summary>The routes under <c>/v1/tenants</c>, for operators.</summary>
internal static class TenantEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapTenants(this IEndpointRouteBuilder routes)
    {
        var tenants = routes.MapGroup("/tenants").WithTags("Tenants").RequireAuthorization(ApiAuthentication.Operate);
        tenants.MapPost("", Create).DescribeCreateTenant();
        tenants.MapGet("", List).DescribeListTenants();
        tenants.MapGet("/{id}", Get).DescribeGetTenant();
        return tenants;
    }

    private static async Task<Results<Created<Tenant>, ProblemResult>> Create(HttpContext context, ITenantStore tenants, TimeProvider time)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is not null && RequestObject.Open(body.Root, errors) is { } root ? TenantRequest.Read(root, errors) : null;
        if (request is null || errors.Any)
            return ProblemResult.From(errors);
        var tenant = new TenantRecord(request.Id, request.Name, time.GetUtcNow());
        return await tenants.Create(tenant, TenantAudit.Created(context.Caller, tenant), context.RequestAborted)
            ? TypedResults.Created($"/v1/tenants/{tenant.Id}", Tenant.Of(tenant))
            : ProblemResult.Of(ProblemCodes.TenantExists);
    }

    private static async Task<Results<Ok<TenantList>, ProblemResult>> List(HttpContext context, ITenantStore tenants)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => CallerNames.IsTenant(place.Id) ? place.Id : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await tenants.List(cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new TenantList
        {
            Items = [.. page.Items.Select(Tenant.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(page.Items[^1].CreatedAt, next) : null,
        });
    }

    private static async Task<Results<Ok<Tenant>, ProblemResult>> Get(string id, HttpContext context, ITenantStore tenants) =>
        CallerNames.IsTenant(id) && await tenants.Find(id, context.RequestAborted) is { } tenant
            ? TypedResults.Ok(Tenant.Of(tenant))
            : ProblemResult.NotFound();
}
