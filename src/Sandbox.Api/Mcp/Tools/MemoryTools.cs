using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Workflows;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>The memory that the steps of a workflow share.</summary>
internal sealed class MemoryTools(IWorkflowMemory memory, MemoryWriting writing) : IToolGroup
{
    public IEnumerable<ToolDefinition> Tools =>
    [
        new("list_memory", "List a workflow's memory", "Keys of the memory that a workflow's steps share, without their values, in alphabetical order.",
            new InputSchema().Required("workflowId", Id()).WithPage(), typeof(WorkflowMemoryList), List) { IsReadOnly = true },
        new("read_memory", "Read from a workflow's memory", "The JSON value of a key, with its version.",
            new InputSchema().Required("workflowId", Id()).Required("key", Key()), typeof(MemoryEntry), Read) { IsReadOnly = true },
        new("write_memory", "Write to a workflow's memory", "Writes a JSON value, while the workflow has not ended. With ifVersion it is refused where somebody else has written since.",
            new InputSchema()
                .Required("workflowId", Id())
                .Required("key", Key())
                .Required("value", Schema.Any("Any JSON value."))
                .Optional("ifVersion", Schema.Integer("Version that the key must have; 0 where there must be none.", 0)),
            typeof(WorkflowMemoryKey), Write) { IsDestructive = true },
        new("remove_memory", "Remove from a workflow's memory", "Removes a key, while the workflow has not ended.",
            new InputSchema().Required("workflowId", Id()).Required("key", Key()).Optional("ifVersion", Schema.Integer("Version that the key must have.", 1)),
            typeof(Done), Remove) { IsDestructive = true },
    ];

    private static JsonObject Id() => Schema.Text("Id of the workflow (wfl_…).");

    private static JsonObject Key() => Schema.Text(MemoryKeys.Rule);

    private async Task<CallToolResult> List(ToolCall call)
    {
        var (id, limit, after) = (call.Required("workflowId"), call.PageSize(), call.Arguments.String("cursor"));
        if (after is not null && !MemoryKeys.IsValid(after))
            call.Errors.Add("cursor", "Is not a cursor that a list answered with.");
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowId.TryParse(id, out var workflow) && await memory.List(call.Caller.TenantId, workflow, after, limit, call.Cancelled) is { } page
            ? ToolAnswer.Of(new WorkflowMemoryList { Items = [.. page.Items.Select(WorkflowMemoryKey.From)], NextCursor = page.Next })
            : ToolAnswer.NotFound("workflow");
    }

    private async Task<CallToolResult> Read(ToolCall call)
    {
        var (id, key) = (call.Required("workflowId"), RequiredKey(call));
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowId.TryParse(id, out var workflow) && await memory.Find(call.Caller.TenantId, workflow, key, call.Cancelled) is { } value
            ? ToolAnswer.Of(new MemoryEntry { Key = value.Key.Key, Version = value.Key.Version, Value = Output.JsonValue.Parse(Encoding.UTF8.GetString(value.Json)) })
            : ToolAnswer.NotFound("key of a workflow's memory");
    }

    private async Task<CallToolResult> Write(ToolCall call)
    {
        var (id, key, condition) = (call.Required("workflowId"), RequiredKey(call), Condition(call));
        byte[]? value = null;
        // Null is a value here, and elsewhere the same as nothing.
        _ = call.Arguments.Has("value");
        if (call.Without().TryGetProperty("value", out var given))
            value = MemoryWriting.ToValue(given, "value", call.Errors);
        else
            call.Errors.Add("value", "Is required.");
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowId.TryParse(id, out var workflow)
            ? ToolAnswer.Of(await writing.Put(call.Caller, workflow, key, value!, condition, call.Cancelled), static change => WorkflowMemoryKey.From(change.Key))
            : ToolAnswer.NotFound("workflow");
    }

    private async Task<CallToolResult> Remove(ToolCall call)
    {
        var (id, key, condition) = (call.Required("workflowId"), RequiredKey(call), Condition(call));
        if (call.Wrong() is { } wrong)
            return wrong;
        return WorkflowId.TryParse(id, out var workflow)
            ? ToolAnswer.Of(await writing.Remove(call.Caller, workflow, key, condition, call.Cancelled), static change => new Done { Id = change.Key.Key, Outcome = "removed" })
            : ToolAnswer.NotFound("workflow");
    }

    private static string RequiredKey(ToolCall call)
    {
        var key = call.Required("key");
        if (!call.Errors.Has("key") && !MemoryKeys.IsValid(key))
            call.Errors.Add("key", MemoryKeys.Rule);
        return key;
    }

    private static MemoryCondition Condition(ToolCall call) => call.Integer("ifVersion", 0, long.MaxValue, -1) switch
    {
        < 0 => MemoryCondition.None,
        0 => new MemoryCondition(Absent: true),
        var version => new MemoryCondition(AnyOf: [version]),
    };
}
