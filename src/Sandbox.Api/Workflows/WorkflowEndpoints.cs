using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Tenants;
using Sandbox.Api.Workflows.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>The routes under <c>/v1/workflows</c>.</summary>
internal static class WorkflowEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapWorkflows(this IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/workflows").WithTags("Workflows").RequireAuthorization(ApiAuthentication.Use);
        workflows.MapPost("", Create).DescribeCreateWorkflow();
        workflows.MapGet("", List).DescribeListWorkflows();
        workflows.MapGet("/{id}", Get).DescribeGetWorkflow();
        workflows.MapDelete("/{id}", Delete).DescribeDeleteWorkflow();
        workflows.MapPost("/{id}/cancel", Cancel).DescribeCancelWorkflow();
        workflows.MapGet("/{id}/events", Events).DescribeWorkflowEvents();
        return workflows;
    }

    /// <summary>The grain of a workflow; null when the text cannot be its id.</summary>
    public static IWorkflowGrain? Find(IGrainFactory grains, string id) =>
        WorkflowId.TryParse(id, out var workflow) ? grains.GetGrain<IWorkflowGrain>(workflow.ToString()) : null;

    private static async Task<Results<Accepted<Workflow>, Ok<Workflow>, ProblemResult>> Create(
        HttpContext context, IGrainFactory grains, IPlatform platform, LongPoll waiting, IOptions<ApiOptions> options)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var spec = body is null ? null : new WorkflowReader(platform, options.Value.MaxFiles, errors).Read(body.Root);
        if (spec is null || errors.Any)
            return ProblemResult.From(errors);

        var caller = context.Caller;
        var id = key is null ? WorkflowId.New() : WorkflowId.FromIdempotencyKey(caller.TenantId, key);
        var grain = grains.GetGrain<IWorkflowGrain>(id.ToString());
        var reply = await grain.Submit(caller, spec, key is null ? string.Empty : RequestFingerprint.Compute(body!.Root), context.RequestAborted);
        if (reply.Value is not { } submission)
            return ProblemResult.From(reply.Refusal!);
        if (submission.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        var ended = wait > TimeSpan.Zero ? await WaitForEnd(grain, context, waiting, wait) : submission.Workflow;
        if (ended.Value is not { } workflow)
            return ProblemResult.From(ended.Refusal!);
        return workflow.HasEnded
            ? TypedResults.Ok(Workflow.From(workflow))
            : TypedResults.Accepted($"/v1/workflows/{workflow.Id}", Workflow.From(workflow));
    }

    private static async Task<Results<Ok<Workflow>, ProblemResult>> Get(string id, HttpContext context, IGrainFactory grains, LongPoll waiting)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var wait = query.Wait();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return Find(grains, id) is { } grain ? Answer(await WaitForEnd(grain, context, waiting, wait)) : ProblemResult.NotFound();
    }

    private static async Task<Results<Ok<WorkflowList>, ProblemResult>> List(HttpContext context, IWorkflowQueries workflows)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var status = query.Single("status") is { } name ? WorkflowStates.Read(name, errors) : null;
        var metadata = query.Prefixed("metadata.");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => WorkflowId.TryParse(place.Id, out var at) ? new WorkflowCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await workflows.List(context.Caller.TenantId, new WorkflowFilter(status, metadata), cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new WorkflowList
        {
            Items = [.. page.Items.Select(Workflow.Summary)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Delete(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Workflow>, ProblemResult>> Cancel(string id, HttpContext context, IGrainFactory grains) =>
        Find(grains, id) is { } grain ? Answer(await grain.Cancel(context.Caller, context.RequestAborted)) : ProblemResult.NotFound();

    public static async Task<Results<EventStream, ProblemResult>> Events(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var after = EventStream.ReadResumption(context.Request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var caller = context.Caller;
        var reply = await OutputEventSource.Open(
            (last, wait, cancellationToken) => grain.ReadEvents(caller, last, wait, cancellationToken), after, context.RequestAborted);
        return reply.Value is { } stream ? stream : ProblemResult.From(reply.Refusal!);
    }

    private static Task<Reply<WorkflowView>> WaitForEnd(IWorkflowGrain grain, HttpContext context, LongPoll waiting, TimeSpan wait)
    {
        var caller = context.Caller;
        return waiting.ForEnd(
            (round, cancellationToken) => grain.Get(caller, round, cancellationToken), static workflow => workflow.HasEnded, wait, context.RequestAborted);
    }

    private static Results<Ok<Workflow>, ProblemResult> Answer(Reply<WorkflowView> reply) =>
        reply.Value is { } view ? TypedResults.Ok(Workflow.From(view)) : ProblemResult.From(reply.Refusal!);
}
