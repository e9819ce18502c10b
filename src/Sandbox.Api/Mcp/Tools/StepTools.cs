using System.Globalization;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sessions;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Steps of sessions after they were begun.</summary>
internal sealed class StepTools(IGrainFactory grains, Following following) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("get_step", "Get a step", "What a step of a session came to, waiting for its end; steps stay readable after the session's end.",
            new InputSchema().Required("sessionId", Members.Session()).Required("step", Number()).Optional("waitSeconds", Members.Wait()),
            typeof(CodeRun), Get) { IsReadOnly = true },
        new("list_steps", "List steps", "Steps of a session in order, without their output.",
            new InputSchema().Required("sessionId", Members.Session()).WithPage(), typeof(StepList), List) { IsReadOnly = true },
        new("interrupt_step", "Interrupt a step", "Interrupts a step that runs or waits: the session and its variables stay. One that has ended is left as it is.",
            new InputSchema().Required("sessionId", Members.Session()).Required("step", Number()), typeof(CodeRun), Interrupt) { IsDestructive = true, IsIdempotent = true },
    ];

    private static System.Text.Json.Nodes.JsonObject Number() => Schema.Integer("Number of the step, as run_code answered with it.", 1);

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var (id, step, wait) = (call.Required("sessionId"), call.RequiredInteger("step"), call.Wait());
        if (call.Wrong() is { } wrong)
            return wrong;
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        var caller = call.Caller;
        return Answer(await following.ForEnd(
            call,
            (round, token) => grain.GetStep(caller, step, round, token),
            static view => view.Ended,
            (after, round, token) => grain.ReadStepEvents(caller, step, after, round, token),
            wait));
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var (id, limit, after) = (call.Required("sessionId"), call.PageSize(), call.NumberCursor());
        if (call.Wrong() is { } wrong)
            return wrong;
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        return ToolAnswer.Of(await grain.ListSteps(call.Caller, after, limit, call.Cancelled), static page => new StepList
        {
            Items = [.. page.Items.Select(Step.From)],
            NextCursor = page.Next?.ToString(CultureInfo.InvariantCulture),
        });
    }

    private async Task<CallToolResult> Interrupt(ToolCall call)
    {
        var (id, step) = (call.Required("sessionId"), call.RequiredInteger("step"));
        if (call.Wrong() is { } wrong)
            return wrong;
        return SessionEndpoints.Find(grains, id) is { } grain ? Answer(await grain.Interrupt(call.Caller, step, call.Cancelled)) : ToolAnswer.NotFound("session");
    }

    private static CallToolResult Answer(Reply<StepView> reply) => reply.Value is { } view ? RunAnswer.Of(view) : ToolAnswer.Refuse(reply.Refusal!);
}
