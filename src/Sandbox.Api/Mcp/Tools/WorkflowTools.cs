using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Workflows;
using Sandbox.Api.Workflows.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Graphs of steps.</summary>
internal sealed class WorkflowTools(IGrainFactory grains, IPlatform platform, IWorkflowQueries workflows, Following following, IOptions<ApiOptions> options) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("run_workflow", "Run a workflow",
            "Runs steps that depend on each other, side by side where they do not; it goes on if the server restarts. A step is a job of its own (job), or a step in a session of the workflow (session with step). "
            + "Texts may name earlier results: ${steps.a.stdout}, ${steps.a.result.path}, ${memory.key}. Answers when it has ended or waitSeconds are over.",
            new InputSchema()
                .Required("steps", Schema.List("1 to 1000 steps.", Step()))
                .Optional("name", Schema.Text("What people call it."))
                .Optional("sessions", Schema.List("Sessions that steps share: made when first needed, ended with the workflow.", Schema.Object("A session.", new InputSchema()
                    .Required("name", Schema.Text("Name within the workflow."))
                    .Optional("agentId", Schema.Text("Agent that it belongs to. Default the caller's."))
                    .Required("session", Schema.Object("What it is; every member has a default.", new InputSchema()
                        .Optional("language", Members.Language(platform, "Default python."))
                        .Optional("ttlSeconds", Schema.Number("Seconds until it ends."))
                        .Optional("limits", Members.Limits())
                        .WithSandbox())))))
                .Optional("memory", new JsonObject { ["type"] = "object", ["description"] = "JSON values that the shared memory begins with, by key." })
                .Optional("timeoutSeconds", Schema.Number("Seconds until it is stopped. Default 3600."))
                .Optional("onFailure", Schema.Choice("What a step that failed does to the others. Default stop.", ["stop", "continue"]))
                .Optional("maxParallel", Schema.Integer("Most steps at a time.", 1, 1000))
                .Optional("metadata", Members.Metadata())
                .Optional("waitSeconds", Members.Wait()),
            typeof(Workflow), Run) { IsOpenWorld = true },
        new("get_workflow", "Get a workflow", "A workflow with its steps, waiting for its end where waitSeconds says so. Output of a step: get_job with its jobId, or get_step with its sessionId and sessionStep.",
            new InputSchema().Required("workflowId", Id()).Optional("waitSeconds", Members.Wait(0)), typeof(Workflow), Get) { IsReadOnly = true },
        new("list_workflows", "List workflows", "Workflows of the tenant, newest first, without their steps.",
            new InputSchema().WithFilter(WorkflowStates.Names), typeof(WorkflowList), List) { IsReadOnly = true },
        new("cancel_workflow", "Cancel a workflow", "Stops a workflow: steps that run are ended, others do not begin. One that has ended is left as it is.",
            new InputSchema().Required("workflowId", Id()), typeof(Workflow), Cancel) { IsDestructive = true, IsIdempotent = true },
    ];

    private static JsonObject Id() => Schema.Text("Id of the workflow (wfl_…), as run_workflow answered with it.");

    private JsonObject Step() => Schema.Object("A step: job, or session with step.", new InputSchema()
        .Required("id", Schema.Text("Name within the workflow: letters, digits, _ and -."))
        .Optional("dependsOn", Schema.List("Steps that have to end before it.", Schema.Text("Id of a step.")))
        .Optional("job", Schema.Object("A job of its own: language with code, or command.", new InputSchema()
            .Optional("language", Members.Language(platform, "Language of the code."))
            .Optional("code", Schema.Text("Source text."))
            .Optional("command", Schema.List("Argument vector instead of code.", Schema.Text("An argument.")))
            .Optional("args", Schema.List("Arguments of the code.", Schema.Text("An argument.")))
            .Optional("stdin", Schema.Text("Standard input."))
            .Optional("files", Members.Files())
            .Optional("artifacts", Schema.List("Globs of files to keep.", Schema.Text("A glob.")))
            .Optional("limits", Members.Limits())
            .WithSandbox()))
        .Optional("session", Schema.Text("Name of the session that it runs in."))
        .Optional("step", Schema.Object("What runs in the session: code or command.", new InputSchema()
            .Optional("code", Schema.Text("Source text."))
            .Optional("command", Schema.List("Argument vector instead of code.", Schema.Text("An argument.")))
            .Optional("language", Members.Language(platform, "Language of the code."))
            .Optional("context", Schema.Text("Context of the session."))
            .Optional("env", Members.Env())
            .Optional("stdin", Schema.Text("Standard input."))
            .Optional("timeoutSeconds", Schema.Number("Seconds that it may run."))))
        .Optional("agentId", Schema.Text("Agent that it acts as. Default the caller's."))
        .Optional("retry", Schema.Object("Whether it is tried again.", new InputSchema()
            .Optional("maxAttempts", Schema.Integer("Attempts in all. Default 1.", 1, 10))
            .Optional("backoffSeconds", Schema.Number("Seconds before the second attempt. Default 1."))))
        .Optional("timeoutSeconds", Schema.Number("Seconds that one attempt may take."))
        .Optional("when", Schema.Text("Condition without which it is skipped, such as steps.a.exitCode == 0.")));

    private async Task<CallToolResult> Run(ToolCall call)
    {
        var wait = call.Wait();
        var spec = new WorkflowReader(platform, options.Value.MaxFiles, call.Errors).Read(call.Without("waitSeconds"));
        if (call.WrongPart() is { } wrong)
            return wrong;
        var grain = grains.GetGrain<IWorkflowGrain>(WorkflowId.New().ToString());
        var reply = await grain.Submit(call.Caller, spec!, string.Empty, CancellationToken.None);
        if (reply.Value is not { } submission)
            return ToolAnswer.Refuse(reply.Refusal!);
        var caller = call.Caller;
        return wait <= TimeSpan.Zero
            ? ToolAnswer.Of(Workflow.From(submission.Workflow))
            : ToolAnswer.Of(await Await(call, grain, wait, () => grain.Cancel(caller, CancellationToken.None), submission.Workflow), Workflow.From);
    }

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var (id, wait) = (call.Required("workflowId"), call.Wait(0));
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowEndpoints.Find(grains, id) is { } grain ? ToolAnswer.Of(await Await(call, grain, wait), Workflow.From) : ToolAnswer.NotFound("workflow");
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var status = call.Arguments.String("status") is { } name ? WorkflowStates.Read(name, call.Errors) : null;
        var metadata = call.Arguments.Map("metadata", RequestBounds.Labels) ?? EmptyMaps.OfStrings;
        var limit = call.PageSize();
        var cursor = call.Cursor(static place => WorkflowId.TryParse(place.Id, out var at) ? new WorkflowCursor(place.CreatedAt, at) : null);
        if (call.Wrong() is { } wrong)
            return wrong;
        var page = await workflows.List(call.Caller.TenantId, new WorkflowFilter(status, metadata), cursor, limit, call.Cancelled);
        return ToolAnswer.Of(new WorkflowList
        {
            Items = [.. page.Items.Select(Workflow.Summary)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private async Task<CallToolResult> Cancel(ToolCall call)
    {
        var id = call.Required("workflowId");
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowEndpoints.Find(grains, id) is { } grain ? ToolAnswer.Of(await grain.Cancel(call.Caller, call.Cancelled), Workflow.From) : ToolAnswer.NotFound("workflow");
    }

    private Task<Reply<WorkflowView>> Await(ToolCall call, IWorkflowGrain grain, TimeSpan wait, Func<Task>? stop = null, WorkflowView? started = null)
    {
        var caller = call.Caller;
        return following.ForEnd(call, (round, token) => grain.Get(caller, round, token), static workflow => workflow.HasEnded, null, wait, stop, started);
    }
}
