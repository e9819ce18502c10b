namespace Sandbox.Grains.Abstractions.Workflows;

/// <summary>A workflow as callers see it.</summary>
/// <param name="Id">The workflow's id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">Why it stopped; null while it runs and when it succeeded.</param>
/// <param name="Steps">Its steps, in the order of the request; in lists none.</param>
/// <param name="Counts">How many steps are in each state, but for those without any.</param>
/// <param name="Sessions">Sessions that it has made, by their names; in lists none.</param>
/// <param name="OnFailure">One of <see cref="FailureModes"/>.</param>
/// <param name="AgentId">Who submitted it.</param>
/// <param name="Metadata">Caller's labels.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="DeadlineAt">When it is stopped, if it has not ended.</param>
/// <param name="FinishedAt">When it ended.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.view")]
public sealed record WorkflowView(
    [property: Id(0)] string Id,
    [property: Id(1)] string? Name,
    [property: Id(2)] WorkflowStatus Status,
    [property: Id(3)] string? Cause,
    [property: Id(4)] IReadOnlyList<WorkflowStepView> Steps,
    [property: Id(5)] IReadOnlyDictionary<string, int> Counts,
    [property: Id(6)] IReadOnlyDictionary<string, string> Sessions,
    [property: Id(7)] string OnFailure,
    [property: Id(8)] string AgentId,
    [property: Id(9)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(10)] DateTimeOffset CreatedAt,
    [property: Id(11)] DateTimeOffset DeadlineAt,
    [property: Id(12)] DateTimeOffset? FinishedAt)
{
    /// <summary>Whether nothing more will happen to it.</summary>
    public bool HasEnded => Status > WorkflowStatus.Stopping;
}

/// <summary>A step as callers see it. Its output is that of its job, or of its session's step.</summary>
/// <param name="Id">Name within the workflow.</param>
/// <param name="DependsOn">Steps that had to end before it.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">Why it did not succeed; null where it did, or has not ended.</param>
/// <param name="Detail">One sentence about the cause, where there is more to say.</param>
/// <param name="ExitCode">Exit code, where there is one.</param>
/// <param name="JobId">Job of the last attempt; null before the first, and for a step in a session.</param>
/// <param name="SessionId">Session that it runs in; null for a job.</param>
/// <param name="SessionStep">Number of the last attempt within the session.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="AgentId">Agent that it acts as, as it is recorded.</param>
/// <param name="StartedAt">When the first attempt began.</param>
/// <param name="RetryAt">When the next attempt begins; null unless it waits for that.</param>
/// <param name="FinishedAt">When it ended.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.step")]
public sealed record WorkflowStepView(
    [property: Id(0)] string Id,
    [property: Id(1)] IReadOnlyList<string> DependsOn,
    [property: Id(2)] WorkflowStepStatus Status,
    [property: Id(3)] string? Cause,
    [property: Id(4)] string? Detail,
    [property: Id(5)] int? ExitCode,
    [property: Id(6)] string? JobId,
    [property: Id(7)] string? SessionId,
    [property: Id(8)] long? SessionStep,
    [property: Id(9)] int Attempts,
    [property: Id(10)] string AgentId,
    [property: Id(11)] DateTimeOffset? StartedAt,
    [property: Id(12)] DateTimeOffset? RetryAt,
    [property: Id(13)] DateTimeOffset? FinishedAt);

/// <summary>Answer to a submission.</summary>
/// <param name="Workflow">The workflow, as it stands.</param>
/// <param name="Replayed">True when an earlier submission with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.workflow.submission")]
public sealed record WorkflowSubmission([property: Id(0)] WorkflowView Workflow, [property: Id(1)] bool Replayed);
