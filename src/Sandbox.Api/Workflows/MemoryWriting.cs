using System.Text;
using System.Text.Json;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>Changes of a workflow's memory from outside, on the record, for every door.</summary>
internal sealed class MemoryWriting(IWorkflowMemory memory, MemoryBounds bounds, IGrainFactory grains)
{
    /// <summary>A value as it is stored: as what steps write, so that every reader can put it into an answer. Null when it is noted as wrong.</summary>
    public static byte[]? ToValue(JsonElement value, string path, RequestErrors errors)
    {
        if (UntrustedJson.Parse(Encoding.UTF8.GetBytes(value.GetRawText())) is { } stored)
            return Encoding.UTF8.GetBytes(stored.GetRawText());
        errors.Add(path, $"Is nested deeper than {UntrustedJson.MaxDepth} times.");
        return null;
    }

    /// <summary>Writes a value.</summary>
    public async Task<Reply<MemoryChange>> Put(
        Caller caller, WorkflowId workflow, string key, byte[] value, MemoryCondition condition, CancellationToken cancellationToken) =>
        await RefuseOther(caller, workflow, cancellationToken) is { } refused
            ? refused
            : await memory.Put(
                caller.TenantId,
                workflow,
                new MemoryWrite(key, value, caller.AgentId),
                condition,
                bounds,
                What(caller, workflow, key, AuditActions.WorkflowMemoryWrite),
                cancellationToken);

    /// <summary>Removes a key.</summary>
    public async Task<Reply<MemoryChange>> Remove(
        Caller caller, WorkflowId workflow, string key, MemoryCondition condition, CancellationToken cancellationToken) =>
        await RefuseOther(caller, workflow, cancellationToken) is { } refused
            ? refused
            : await memory.Remove(
                caller.TenantId, workflow, key, condition, What(caller, workflow, key, AuditActions.WorkflowMemoryDelete), cancellationToken);

    // What a credential for one policy writes could be run by steps under a wider one: it writes in its own agent's workflows.
    private async Task<Refusal?> RefuseOther(Caller caller, WorkflowId workflow, CancellationToken cancellationToken)
    {
        if (caller.Policy is not { } policy)
            return null;
        var reply = await grains.GetGrain<IWorkflowGrain>(workflow.ToString()).Get(caller, TimeSpan.Zero, cancellationToken);
        if (reply.Value is not { } view)
            return reply.Refusal!;
        return view.AgentId == caller.AgentId
            ? null
            : new Refusal(RefusalCodes.PolicyDenied, $"The credential is for the policy '{policy}', and the workflow is another agent's.", Rule: "policy");
    }

    private static AuditEvent What(Caller caller, WorkflowId workflow, string key, string action) =>
        AuditEvent.By(caller, action, new AuditResource(AuditResourceTypes.Workflow, workflow.ToString()), AuditOutcomes.Succeeded).With(("key", key));
}
