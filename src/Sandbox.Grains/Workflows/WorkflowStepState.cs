using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>A step of a workflow as it stands. Immutable; the transitions are those of <see cref="WorkflowState"/>.</summary>
internal sealed record WorkflowStepState
{
    private static readonly FrozenDictionary<WorkflowStepStatus, WorkflowStepStatus[]> Allowed = new Dictionary<WorkflowStepStatus, WorkflowStepStatus[]>
    {
        [WorkflowStepStatus.Pending] = [WorkflowStepStatus.Running, WorkflowStepStatus.Skipped],
        [WorkflowStepStatus.Running] =
            [WorkflowStepStatus.Retrying, WorkflowStepStatus.Succeeded, WorkflowStepStatus.Failed, WorkflowStepStatus.Cancelled, WorkflowStepStatus.TimedOut],
        [WorkflowStepStatus.Retrying] = [WorkflowStepStatus.Running, WorkflowStepStatus.Cancelled],
        [WorkflowStepStatus.Succeeded] = [],
        [WorkflowStepStatus.Failed] = [],
        [WorkflowStepStatus.Cancelled] = [],
        [WorkflowStepStatus.TimedOut] = [],
        [WorkflowStepStatus.Skipped] = [],
    }.ToFrozenDictionary();

    public string Id { get; init; } = string.Empty;

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Agent that it acts as, as it is recorded.</summary>
    public string AgentId { get; init; } = string.Empty;

    /// <summary>Name of the session that it runs in; null for a job.</summary>
    public string? Session { get; init; }

    public WorkflowStepStatus Status { get; init; }

    public int MaxAttempts { get; init; } = 1;

    public double BackoffSeconds { get; init; }

    /// <summary>Attempts so far, the one under way included.</summary>
    public int Attempts { get; init; }

    /// <summary>How the last attempt that is over ended.</summary>
    [JsonIgnore]
    public StepOutcome? Outcome => Marks.LastOrDefault(static mark => mark.Outcome is not null)?.Outcome;

    /// <summary>When the attempt that runs, or ran last, began.</summary>
    public DateTimeOffset? AttemptAt { get; init; }

    /// <summary>When the next attempt begins.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Every change, numbered over the whole workflow: its events follow from these.</summary>
    public IReadOnlyList<StepMark> Marks { get; init; } = [];

    [JsonIgnore]
    public bool Ended => Allowed[Status].Length == 0;

    [JsonIgnore]
    public bool Succeeded => Status == WorkflowStepStatus.Succeeded;

    [JsonIgnore]
    public DateTimeOffset? StartedAt => Marks.FirstOrDefault(static mark => mark.Status == WorkflowStepStatus.Running)?.At;

    [JsonIgnore]
    public DateTimeOffset? FinishedAt => Ended ? Marks[^1].At : null;

    /// <summary>The step in its next state, which is the workflow's change of this number.</summary>
    public WorkflowStepState MoveTo(WorkflowStepStatus next, StepOutcome? outcome, long sequence, DateTimeOffset now) => Allowed[Status].Contains(next)
        ? this with { Status = next, Marks = [.. Marks, new StepMark(sequence, next, next == WorkflowStepStatus.Running ? Attempts + 1 : Attempts, now, outcome)] }
        : throw new InvalidOperationException($"Step {Id} is {Status} and cannot become {next}.");
}

/// <summary>A change of a step.</summary>
/// <param name="Sequence">Number of the change within its workflow.</param>
/// <param name="Status">What the step became.</param>
/// <param name="Attempt">The attempt that it was about.</param>
/// <param name="At">When.</param>
/// <param name="Outcome">How what was before ended; null where the change is a beginning.</param>
internal sealed record StepMark(long Sequence, WorkflowStepStatus Status, int Attempt, DateTimeOffset At, StepOutcome? Outcome = null);

/// <summary>How an attempt, or a step that did not begin, ended.</summary>
/// <param name="Status">One of the states in which a step has ended.</param>
/// <param name="Cause">Why it did not succeed: of <see cref="WorkflowCauses"/>, of a job's or a session step's, or the code of a refusal.</param>
internal sealed record StepOutcome(WorkflowStepStatus Status, string? Cause = null)
{
    /// <summary>One sentence about the cause.</summary>
    public string? Detail { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Number of the attempt within the session.</summary>
    public long? SessionStep { get; init; }

    /// <summary>Whether another attempt could come to something else: not what was refused, or is wrong with the step itself.</summary>
    public bool MayRetry { get; init; }

    /// <summary>Ended with its workflow.</summary>
    public static StepOutcome Cancelled { get; } = new(WorkflowStepStatus.Cancelled, WorkflowCauses.Cancelled);

    /// <summary>Ended by the time limit of an attempt.</summary>
    public static StepOutcome TimedOut { get; } = new(WorkflowStepStatus.TimedOut, WorkflowCauses.Timeout) { MayRetry = true };

    /// <summary>What the step needs is not there, or it may not be.</summary>
    public static StepOutcome Impossible(string cause, string? detail) => new(WorkflowStepStatus.Failed, cause) { Detail = detail };
}
