using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Api.Workflows.Requests;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>The routes under <c>/v1/workflows/{id}/memory</c>: what steps share, from outside.</summary>
internal static class MemoryEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapWorkflowMemory(this IEndpointRouteBuilder routes)
    {
        var memory = routes.MapGroup("/workflows/{id}/memory").WithTags("Workflows").RequireAuthorization(ApiAuthentication.Use);
        memory.MapGet("", List).DescribeListMemory();
        memory.MapGet("/{key}", Get).DescribeGetMemory();
        memory.MapPut("/{key}", Put).DescribePutMemory();
        memory.MapDelete("/{key}", Delete).DescribeDeleteMemory();
        return memory;
    }

    private static async Task<Results<Ok<WorkflowMemoryList>, ProblemResult>> List(string id, HttpContext context, IWorkflowMemory memory)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var after = query.Single("cursor");
        query.RefuseUnknown();
        if (after is not null && !MemoryKeys.IsValid(after))
            errors.Add("cursor", "Is not a cursor that a list answered with.");
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!WorkflowId.TryParse(id, out var workflow) || await memory.List(context.Caller.TenantId, workflow, after, limit, context.RequestAborted) is not { } page)
            return ProblemResult.NotFound();
        return TypedResults.Ok(new WorkflowMemoryList { Items = [.. page.Items.Select(WorkflowMemoryKey.From)], NextCursor = page.Next });
    }

    private static async Task<Results<ContentHttpResult, ProblemResult>> Get(string id, string key, HttpContext context, IWorkflowMemory memory)
    {
        if (!WorkflowId.TryParse(id, out var workflow) || !MemoryKeys.IsValid(key)
            || await memory.Find(context.Caller.TenantId, workflow, key, context.RequestAborted) is not { } value)
            return ProblemResult.NotFound();
        SetETag(context, value.Key);
        return TypedResults.Content(Encoding.UTF8.GetString(value.Json), "application/json");
    }

    private static async Task<Results<Ok<WorkflowMemoryKey>, Created<WorkflowMemoryKey>, ProblemResult>> Put(
        string id, string key, HttpContext context, MemoryWriting writing)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var condition = MemoryPreconditions.Read(context.Request, errors);
        if (!MemoryKeys.IsValid(key))
            errors.Add("key", MemoryKeys.Rule);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var value = body is null ? null : MemoryWriting.ToValue(body.Root, "$", errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!WorkflowId.TryParse(id, out var workflow))
            return ProblemResult.NotFound();
        var reply = await writing.Put(context.Caller, workflow, key, value!, condition, context.RequestAborted);
        if (reply.Value is not { } change)
            return ProblemResult.From(reply.Refusal!);
        SetETag(context, change.Key);
        var written = WorkflowMemoryKey.From(change.Key);
        return change.Created ? TypedResults.Created($"/v1/workflows/{workflow}/memory/{key}", written) : TypedResults.Ok(written);
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, string key, HttpContext context, MemoryWriting writing)
    {
        var errors = new RequestErrors();
        var condition = MemoryPreconditions.Read(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!WorkflowId.TryParse(id, out var workflow) || !MemoryKeys.IsValid(key))
            return ProblemResult.NotFound();
        var reply = await writing.Remove(context.Caller, workflow, key, condition, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static void SetETag(HttpContext context, MemoryKey key) =>
        context.Response.Headers[HeaderNames.ETag] = string.Create(CultureInfo.InvariantCulture, $"\"{key.Version}\"");
}
