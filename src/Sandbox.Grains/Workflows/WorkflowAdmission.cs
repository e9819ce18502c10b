using System.Text;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Workflows;

/// <summary>
/// Whether a workflow is taken in: it is a graph, within the bounds, and no step of it is forbidden already. Each of its jobs and
/// sessions passes the gate again when it comes.
/// </summary>
internal sealed class WorkflowAdmission(PolicyGate gate, AgentIdentities agents, IWorkflowQueries queries, IOptions<WorkflowOptions> options, IOptions<NodeOptions> node)
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    /// <summary>The node.</summary>
    public string Node => node.Value.Name;

    /// <summary>The agent that a step acts as; null for the workflow's own.</summary>
    public static string? AgentOf(WorkflowSpec spec, WorkflowStepSpec step) => step.AgentId ?? SessionOf(spec, step)?.AgentId;

    /// <summary>Why a workflow is not taken in; null where it is.</summary>
    public async Task<Refusal?> Refuse(Caller caller, WorkflowSpec spec, WorkflowGraph graph, CancellationToken cancellationToken)
    {
        if (PolicyGate.RefuseRole(caller) is { } role)
            return role;
        if (BoundsOf(spec) is { } beyond)
            return beyond;
        if (graph.Faults is [var first, ..])
            return new Refusal(RefusalCodes.InvalidRequest, first.Detail, first.Field) { More = [.. graph.Faults.Skip(1)] };
        if (await RefuseParts(caller, spec, cancellationToken) is { } forbidden)
            return forbidden;
        var open = await queries.CountOpen(caller.TenantId, cancellationToken);
        return open < options.Value.MaxOpen ? null : new QuotaBreach(QuotaNames.Workflows, options.Value.MaxOpen, open).ToRefusal(TryAgain);
    }

    private Refusal? BoundsOf(WorkflowSpec spec)
    {
        var bounds = options.Value;
        if (spec.Steps.Count == 0 || spec.Steps.Count > bounds.MaxSteps)
            return new Refusal(RefusalCodes.InvalidRequest, $"A workflow has 1 to {bounds.MaxSteps} steps.", "steps");
        if (spec.Sessions.Count > bounds.MaxSessions)
            return new Refusal(RefusalCodes.InvalidRequest, $"A workflow has at most {bounds.MaxSessions} sessions.", "sessions");
        return spec.TimeoutSeconds > bounds.MaxDuration.TotalSeconds
            ? new Refusal(RefusalCodes.InvalidRequest, $"Must be at most {bounds.MaxDuration.TotalSeconds}.", "timeoutSeconds")
            : MemoryOf(spec.Memory, bounds.MemoryBounds);
    }

    private static Refusal? MemoryOf(IReadOnlyDictionary<string, string> memory, MemoryBounds bounds)
    {
        var bytes = 0L;
        foreach (var (key, json) in memory)
        {
            if (!MemoryKeys.IsValid(key))
                return new Refusal(RefusalCodes.InvalidRequest, $"A key is {MemoryKeys.Rule}", "memory");
            var size = Encoding.UTF8.GetByteCount(json);
            bytes += size;
            if (bounds.RefuseValue(size) is { } large)
                return new Refusal(RefusalCodes.InvalidRequest, large.Detail, $"memory.{key}");
        }

        return bounds.RefuseTotal(memory.Count, bytes) is { } full ? new Refusal(RefusalCodes.InvalidRequest, full.Detail, "memory") : null;
    }

    private async Task<Refusal?> RefuseParts(Caller caller, WorkflowSpec spec, CancellationToken cancellationToken)
    {
        foreach (var (index, session) in spec.Sessions.Index())
        {
            var reply = await agents.Resolve(caller, session.AgentId, session.Spec.Policy, cancellationToken);
            if ((reply.Refusal ?? await gate.Foresee(reply.Value!, session.Spec, cancellationToken)) is { } refusal)
                return Within($"sessions[{index}].session", $"Session '{session.Name}'", refusal);
        }

        foreach (var (index, step) in spec.Steps.Index())
        {
            var policy = step.Job is { } job ? job.Policy : SessionOf(spec, step)!.Spec.Policy;
            var reply = await agents.Resolve(caller, AgentOf(spec, step), policy, cancellationToken);
            var refusal = reply.Refusal ?? (step.Job is { } run ? await gate.Foresee(reply.Value!, run, cancellationToken) : null);
            if (refusal is not null)
                return Within($"steps[{index}].{(step.Job is null ? "step" : "job")}", $"Step '{step.Id}'", refusal);
        }

        return null;
    }

    private static WorkflowSessionSpec? SessionOf(WorkflowSpec spec, WorkflowStepSpec step) =>
        step.Session is { } within ? spec.Sessions.First(session => session.Name == within.Name) : null;

    private static Refusal Within(string path, string what, Refusal refusal) => refusal with
    {
        Detail = $"{what}: {refusal.Detail}",
        Field = refusal.Field is null or "$" ? path : $"{path}.{refusal.Field}",
        More = refusal.More is { } more ? [.. more.Select(error => error with { Field = $"{path}.{error.Field}" })] : null,
    };
}
