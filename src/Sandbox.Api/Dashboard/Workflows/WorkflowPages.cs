using System.Text;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Dashboard.Work;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Api.Workflows;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Dashboard.Workflows;

/// <summary>The pages under <c>/dashboard/workflows</c>.</summary>
internal static class WorkflowPages
{
    public const string Path = $"{DashboardMark.Path}/workflows";

    private const int MostKeys = 200;

    public static void MapWorkflowPages(this RouteGroupBuilder dashboard)
    {
        var workflows = dashboard.MapGroup("/workflows").RequireAuthorization(ApiAuthentication.Use);
        workflows.MapGet("", List);
        workflows.MapGet("/{id}", Show);
        workflows.MapGet("/{id}/events", WorkflowEndpoints.Events);
        workflows.MapGet("/{id}/memory/{key}", ShowKey);
        workflows.MapPost("/{id}/cancel", Cancel);
    }

    private static async Task<IResult> List(HttpContext context, IWorkflowQueries workflows)
    {
        var list = new ListRequest(context.Request.Query);
        if (WorkflowId.TryParse(list.Search, out var id))
            return Page.SeeOther($"{Path}/{id}");
        var status = list.Status is { } name ? WorkflowStates.Read(name, list.Errors) : null;
        var cursor = list.Cursor(static place => WorkflowId.TryParse(place.Id, out var at) ? new WorkflowCursor(place.CreatedAt, at) : null);
        if (list.Errors.Any)
            return Page.Of<WorkflowListPage>(new { List = list }, StatusCodes.Status400BadRequest);
        var page = await workflows.List(context.Caller.TenantId, new WorkflowFilter(status, list.Labels), cursor, ListRequest.PageSize, context.RequestAborted);
        var next = page.Next is { } place ? CursorText.Write(place.CreatedAt, place.Id.ToString()) : null;
        return Page.Of<WorkflowListPage>(new { List = list, Workflows = page.Items, Next = next });
    }

    private static async Task<IResult> Show(string id, HttpContext context, IGrainFactory grains, IWorkflowMemory memory)
    {
        if (!WorkflowId.TryParse(id, out var workflow))
            return ProblemResult.NotFound();
        var reply = await grains.GetGrain<IWorkflowGrain>(workflow.ToString()).Get(context.Caller, TimeSpan.Zero, context.RequestAborted);
        if (reply.Value is not { } view)
            return ProblemResult.From(reply.Refusal!);
        var keys = await memory.List(context.Caller.TenantId, workflow, null, MostKeys, context.RequestAborted);
        return Page.Of<WorkflowDetailPage>(new { Workflow = view, Keys = keys?.Items ?? [], MoreKeys = keys?.Next is not null });
    }

    private static async Task<IResult> ShowKey(string id, string key, HttpContext context, IWorkflowMemory memory)
    {
        if (!WorkflowId.TryParse(id, out var workflow) || !MemoryKeys.IsValid(key)
            || await memory.Find(context.Caller.TenantId, workflow, key, context.RequestAborted) is not { } value)
            return ProblemResult.NotFound();
        return Page.Of<MemoryKeyPage>(new { Workflow = id, value.Key, Text = Encoding.UTF8.GetString(value.Json) });
    }

    private static async Task<IResult> Cancel(string id, HttpContext context, IGrainFactory grains)
    {
        if (WorkflowEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Cancel(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Page.SeeOther($"{Path}/{id}");
    }
}
