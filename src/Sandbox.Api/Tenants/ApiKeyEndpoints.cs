using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;

namespace Sandbox.Api.Tenants;

/// <summary>The routes under <c>/v1/api-keys</c>: an admin's are those of the tenant, and keys of operators are not for admins.</summary>
internal static class ApiKeyEndpoints
{
    public static RouteGroupBuilder MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api-keys").WithTags("API keys").RequireAuthorization(ApiAuthentication.Administer);
        keys.MapPost("", Create).DescribeCreateApiKey();
        keys.MapGet("", List).DescribeListApiKeys();
        keys.MapGet("/{id}", Get).DescribeGetApiKey();
        keys.MapDelete("/{id}", Delete).DescribeDeleteApiKey();
        return keys;
    }

    private static async Task<Results<Created<NewApiKey>, ProblemResult>> Create(HttpContext context, KeysOfTenant keys)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        if (body is null || await keys.Create(context.Caller, body.Root, errors, context.RequestAborted) is not var (made, refused))
            return ProblemResult.From(errors);
        return made is null ? refused! : TypedResults.Created($"/v1/api-keys/{made.Id}", made);
    }

    private static async Task<Results<Ok<ApiKeyList>, ProblemResult>> List(HttpContext context, KeysOfTenant keys)
    {
        var errors = new RequestErrors();
        return await keys.List(context.Caller, context.Request.Query, errors, context.RequestAborted) is { } list ? TypedResults.Ok(list) : ProblemResult.From(errors);
    }

    private static async Task<Results<Ok<ApiKey>, ProblemResult>> Get(string id, HttpContext context, KeysOfTenant keys) =>
        await keys.Find(context.Caller, id, context.RequestAborted) is { } key ? TypedResults.Ok(ApiKey.Of(key)) : ProblemResult.NotFound();

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, KeysOfTenant keys) =>
        await keys.Delete(context.Caller, id, context.RequestAborted) ? TypedResults.NoContent() : ProblemResult.NotFound();
}
