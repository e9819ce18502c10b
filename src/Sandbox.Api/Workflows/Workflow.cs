using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Api.Workflows;

/// <summary>A workflow as it stands.</summary>
public sealed record Workflow
{
    /// <summary>Id: wfl_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>State: running, stopping, succeeded, failed, cancelled or timed_out.</summary>
    public required WorkflowStatus Status { get; init; }

    /// <summary>Why it stopped: step_failed, cancelled or timeout.</summary>
    public string? Cause { get; init; }

    /// <summary>Its steps, in the order of the request; left out in lists.</summary>
    public IReadOnlyList<WorkflowStep>? Steps { get; init; }

    /// <summary>How many steps are in each state, but for those without any.</summary>
    public required IReadOnlyDictionary<string, int> Counts { get; init; }

    /// <summary>Ids of the sessions that it has made, by their names; left out in lists.</summary>
    public IReadOnlyDictionary<string, string>? Sessions { get; init; }

    /// <summary>What a step that did not succeed does to the others: stop or continue.</summary>
    public required string OnFailure { get; init; }

    /// <summary>Who submitted it.</summary>
    public required string AgentId { get; init; }

    /// <summary>Labels of the request.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When it is stopped, if it has not ended.</summary>
    public required DateTime DeadlineAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; init; }

    internal static Workflow From(WorkflowView view) => Summary(view) with
    {
        Steps = [.. view.Steps.Select(WorkflowStep.From)],
        Sessions = view.Sessions,
    };

    internal static Workflow Summary(WorkflowView view) => new()
    {
        Id = view.Id,
        Name = view.Name,
        Status = view.Status,
        Cause = view.Cause,
        Counts = view.Counts,
        OnFailure = view.OnFailure,
        AgentId = view.AgentId,
        Metadata = view.Metadata,
        CreatedAt = view.CreatedAt.UtcDateTime,
        DeadlineAt = view.DeadlineAt.UtcDateTime,
        FinishedAt = view.FinishedAt?.UtcDateTime,
    };
}

/// <summary>A step of a workflow. Its output is that of its job, or of its session's step.</summary>
public sealed record WorkflowStep
{
    /// <summary>Name within the workflow.</summary>
    public required string Id { get; init; }

    /// <summary>Steps that had to end before it.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>State: pending, running, retrying, succeeded, failed, cancelled, timed_out or skipped.</summary>
    public required WorkflowStepStatus Status { get; init; }

    /// <summary>Why it did not succeed: condition, dependency, stopped, value_missing, …, a cause of jobs, or the code of a refusal.</summary>
    public string? Cause { get; init; }

    /// <summary>One sentence about the cause.</summary>
    public string? Detail { get; init; }

    /// <summary>Exit code, where there is one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Job of the last attempt.</summary>
    public string? JobId { get; init; }

    /// <summary>Session that it runs in.</summary>
    public string? SessionId { get; init; }

    /// <summary>Number of the last attempt that ended within the session.</summary>
    public long? SessionStep { get; init; }

    /// <summary>Attempts so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>Agent that it acts as.</summary>
    public required string AgentId { get; init; }

    /// <summary>When the first attempt began.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When the next attempt begins.</summary>
    public DateTime? RetryAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; init; }

    internal static WorkflowStep From(WorkflowStepView view) => new()
    {
        Id = view.Id,
        DependsOn = view.DependsOn,
        Status = view.Status,
        Cause = view.Cause,
        Detail = view.Detail,
        ExitCode = view.ExitCode,
        JobId = view.JobId,
        SessionId = view.SessionId,
        SessionStep = view.SessionStep,
        Attempts = view.Attempts,
        AgentId = view.AgentId,
        StartedAt = view.StartedAt?.UtcDateTime,
        RetryAt = view.RetryAt?.UtcDateTime,
        FinishedAt = view.FinishedAt?.UtcDateTime,
    };
}

/// <summary>A page of workflows, newest first.</summary>
public sealed record WorkflowList
{
    /// <summary>The workflows, without their steps.</summary>
    public required IReadOnlyList<Workflow> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
