using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;

namespace Sandbox.Api.Tenants;

/// <summary>The routes under <c>/v1/tenants</c>, for operators.</summary>
internal static class TenantEndpoints
{
    public static RouteGroupBuilder MapTenants(this IEndpointRouteBuilder routes)
    {
        var tenants = routes.MapGroup("/tenants").WithTags("Tenants").RequireAuthorization(ApiAuthentication.Operate);
        tenants.MapPost("", Create).DescribeCreateTenant();
        tenants.MapGet("", List).DescribeListTenants();
        tenants.MapGet("/{id}", Get).DescribeGetTenant();
        return tenants;
    }

    private static async Task<Results<Created<Tenant>, ProblemResult>> Create(HttpContext context, TenantRegister tenants)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        if (body is null || await tenants.Create(context.Caller, body.Root, errors, context.RequestAborted) is not var (made, refused))
            return ProblemResult.From(errors);
        return made is null ? refused! : TypedResults.Created($"/v1/tenants/{made.Id}", made);
    }

    private static async Task<Results<Ok<TenantList>, ProblemResult>> List(HttpContext context, TenantRegister tenants)
    {
        var errors = new RequestErrors();
        return await tenants.List(context.Request.Query, errors, context.RequestAborted) is { } list ? TypedResults.Ok(list) : ProblemResult.From(errors);
    }

    private static async Task<Results<Ok<Tenant>, ProblemResult>> Get(string id, HttpContext context, TenantRegister tenants) =>
        await tenants.Find(id, context.RequestAborted) is { } tenant ? TypedResults.Ok(tenant) : ProblemResult.NotFound();
}
