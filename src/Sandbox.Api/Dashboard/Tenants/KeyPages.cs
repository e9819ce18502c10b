using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;

namespace Sandbox.Api.Dashboard.Tenants;

/// <summary>The API keys of the tenant. A key that is made is shown once, in the answer to the form.</summary>
internal static class KeyPages
{
    private static readonly string[] Fields = ["name", "role", "agentId", "policy", "expiresAt"];

    public static void MapKeyPages(this IEndpointRouteBuilder dashboard)
    {
        var keys = dashboard.MapGroup("/keys").RequireAuthorization(ApiAuthentication.Administer);
        keys.MapGet("", List);
        keys.MapPost("", Create);
        keys.MapGet("/{id}/remove", Ask);
        keys.MapPost("/{id}/remove", Remove);
    }

    private static async Task<IResult> List(HttpContext context, KeysOfTenant keys)
    {
        var errors = new RequestErrors();
        return await keys.List(context.Caller, context.Request.Query, errors, context.RequestAborted) is { } list
            ? Page.Of<KeyListPage>(new { List = list })
            : ProblemResult.From(errors);
    }

    private static async Task<IResult> Create(HttpContext context, KeysOfTenant keys)
    {
        var errors = new RequestErrors();
        var outcome = await keys.Create(context.Caller, await FormText.ReadObject(context, Fields), errors, context.RequestAborted);
        if (outcome?.Made is { } made)
            return Page.Of<NewKeyPage>(new { Key = made }, StatusCodes.Status201Created);
        var problem = (outcome?.Refused ?? ProblemResult.From(errors)).Document;
        var list = await keys.List(context.Caller, QueryCollection.Empty, new RequestErrors(), context.RequestAborted);
        return Page.Of<KeyListPage>(new { List = list, Problem = problem }, problem.Status);
    }

    private static async Task<IResult> Ask(string id, HttpContext context, KeysOfTenant keys) =>
        await keys.Find(context.Caller, id, context.RequestAborted) is { } key ? Page.Of<KeyRemovalPage>(new { Key = ApiKey.Of(key) }) : ProblemResult.NotFound();

    private static async Task<IResult> Remove(string id, HttpContext context, KeysOfTenant keys) =>
        await keys.Delete(context.Caller, id, context.RequestAborted) ? Page.SeeOther("/dashboard/keys") : ProblemResult.NotFound();
}
