using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Sandbox.Client;

/// <summary>A workflow as it stands.</summary>
public sealed record Workflow
{
    /// <summary>Id: wfl_ and 26 characters.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public string? Name { get; init; }

    /// <summary>State: running, stopping, succeeded, failed, cancelled or timed_out.</summary>
    public required string Status { get; init; }

    /// <summary>Why it stopped: step_failed, cancelled or timeout.</summary>
    public string? Cause { get; init; }

    /// <summary>Its steps, in the order of the request; left out in lists.</summary>
    public IReadOnlyList<WorkflowStep>? Steps { get; init; }

    /// <summary>How many steps are in each state, but for those without any.</summary>
    public IReadOnlyDictionary<string, int> Counts { get => field ?? ReadOnlyDictionary<string, int>.Empty; init; }

    /// <summary>Ids of the sessions that it has made, by their names; left out in lists.</summary>
    public IReadOnlyDictionary<string, string>? Sessions { get; init; }

    /// <summary>What a step that did not succeed does to the others: stop or continue.</summary>
    public string OnFailure { get => field ?? string.Empty; init; }

    /// <summary>Who submitted it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>Labels of the request.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get => field ?? ReadOnlyDictionary<string, string>.Empty; init; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is stopped, if it has not ended.</summary>
    public DateTimeOffset DeadlineAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is not (WorkflowStatus.Running or WorkflowStatus.Stopping);
}

/// <summary>A step of a workflow. Its output is that of its job, or of its session's step.</summary>
public sealed record WorkflowStep
{
    /// <summary>Name within the workflow.</summary>
    public required string Id { get; init; }

    /// <summary>Steps that had to end before it.</summary>
    public IReadOnlyList<string> DependsOn { get => field ?? []; init; }

    /// <summary>State: pending, running, retrying, succeeded, failed, cancelled, timed_out or skipped.</summary>
    public required string Status { get; init; }

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
    public int Attempts { get; init; }

    /// <summary>Agent that it acts as.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the next attempt begins.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
