using System.Collections.Frozen;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Workflows;

/// <summary>A workflow as callers see it.</summary>
internal static class WorkflowViews
{
    /// <summary>As lists show it: without its steps.</summary>
    public static WorkflowView Summary(WorkflowState state) => new(
        state.Id,
        state.Name,
        state.Status,
        state.Cause,
        [],
        state.Steps.CountBy(static step => step.Status).ToDictionary(static count => EventJson.NameOf(count.Key), static count => count.Value, StringComparer.Ordinal),
        FrozenDictionary<string, string>.Empty,
        state.OnFailure,
        state.AgentId,
        state.Metadata,
        state.CreatedAt,
        state.DeadlineAt,
        state.FinishedAt);

    /// <summary>All of it.</summary>
    public static WorkflowView Whole(WorkflowState state) => Summary(state) with
    {
        Steps = [.. state.Steps.Select(step => Step(state, step))],
        Sessions = state.OpenSessions.Concat(state.ClosedSessions).ToDictionary(static name => name, name => SessionOf(state, name), StringComparer.Ordinal),
    };

    /// <summary>Id of a session of the workflow.</summary>
    public static string SessionOf(WorkflowState state, string name) => SessionId.OfWorkflow(state.TenantId, state.Id, name).ToString();

    /// <summary>Id of the job of an attempt.</summary>
    public static string JobOf(WorkflowState state, WorkflowStepState step, int attempt) =>
        JobId.OfWorkflow(state.TenantId, state.Id, step.Id, attempt).ToString();

    private static WorkflowStepView Step(WorkflowState state, WorkflowStepState step) => new(
        step.Id,
        step.DependsOn,
        step.Status,
        step.Outcome?.Cause,
        step.Outcome?.Detail,
        step.Outcome?.ExitCode,
        step.Session is null && step.Attempts > 0 ? JobOf(state, step, step.Attempts) : null,
        step.Session is { } session && step.Attempts > 0 ? SessionOf(state, session) : null,
        step.Outcome?.SessionStep,
        step.Attempts,
        step.AgentId,
        step.StartedAt,
        step.RetryAt,
        step.FinishedAt);
}
