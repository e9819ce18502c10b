using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows;

/// <summary>
/// The state machine of a workflow. Immutable: a transition answers with the next state, and the grain keeps the old one until
/// the next is durable. What the steps run is a state of its own, which is written once.
/// </summary>
internal sealed record WorkflowState : IWorkflowIndexed, IAudited
{
    private static readonly FrozenDictionary<WorkflowStatus, WorkflowStatus[]> Allowed = new Dictionary<WorkflowStatus, WorkflowStatus[]>
    {
        [WorkflowStatus.Running] = [WorkflowStatus.Stopping, WorkflowStatus.Succeeded, WorkflowStatus.Failed],
        [WorkflowStatus.Stopping] = [WorkflowStatus.Failed, WorkflowStatus.Cancelled, WorkflowStatus.TimedOut],
        [WorkflowStatus.Succeeded] = [],
        [WorkflowStatus.Failed] = [],
        [WorkflowStatus.Cancelled] = [],
        [WorkflowStatus.TimedOut] = [],
    }.ToFrozenDictionary();

    public string Id { get; init; } = string.Empty;

    public string TenantId { get; init; } = string.Empty;

    public string AgentId { get; init; } = string.Empty;

    /// <summary>Role of the agent when it submitted the workflow.</summary>
    public string Role { get; init; } = string.Empty;

    /// <summary>The only policy that its credential may be used under; null for any of the tenant.</summary>
    public string? Policy { get; init; }

    /// <summary>Hash of the request, by which a repeated submission is told from another one with the same key.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    public string? Name { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = FrozenDictionary<string, string>.Empty;

    public string OnFailure { get; init; } = FailureModes.Stop;

    public int MaxParallel { get; init; } = 1;

    public string Node { get; init; } = string.Empty;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset DeadlineAt { get; init; }

    public WorkflowStatus Status { get; init; }

    /// <summary>What it will have become when everything has stopped; null while nothing stops it.</summary>
    public WorkflowStatus? StopsAs { get; init; }

    public string? Cause { get; init; }

    public IReadOnlyList<WorkflowStepState> Steps { get; init; } = [];

    /// <summary>Names of sessions that may have been made.</summary>
    public IReadOnlyList<string> OpenSessions { get; init; } = [];

    /// <summary>Names of sessions that have been made and ended again.</summary>
    public IReadOnlyList<string> ClosedSessions { get; init; } = [];

    /// <summary>Number of the last change.</summary>
    public long Sequence { get; init; }

    /// <summary>Number of the change that stopped it; 0 for none.</summary>
    public long StoppedSequence { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What its memory begins with, in the write that accepts it alone.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? InitialMemory { get; init; }

    /// <summary>What is recorded of the change that led here; set where it is written.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    [JsonIgnore]
    public bool Exists => Id.Length > 0;

    [JsonIgnore]
    public bool Ended => Exists && Allowed[Status].Length == 0;

    /// <summary>Who it is run for.</summary>
    [JsonIgnore]
    public Caller Owner => new(TenantId, AgentId, Role, Policy);

    /// <summary>A workflow as it is when it has been accepted.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="caller">Who submitted it.</param>
    /// <param name="spec">What it shall do.</param>
    /// <param name="fingerprint">Hash of the request.</param>
    /// <param name="agents">For each step, the agent that is recorded.</param>
    /// <param name="node">The node.</param>
    /// <param name="now">The present time.</param>
    public static WorkflowState Submit(
        WorkflowId id, Caller caller, WorkflowSpec spec, string fingerprint, IReadOnlyList<string> agents, string node, DateTimeOffset now) => new()
    {
        Id = id.ToString(),
        TenantId = caller.TenantId,
        AgentId = caller.AgentId,
        Role = caller.Role,
        Policy = caller.Policy,
        Fingerprint = fingerprint,
        Name = spec.Name,
        Metadata = spec.Metadata,
        OnFailure = spec.OnFailure,
        MaxParallel = spec.MaxParallel,
        Node = node,
        CreatedAt = now,
        DeadlineAt = now + TimeSpan.FromSeconds(spec.TimeoutSeconds),
        Sequence = 1,
        InitialMemory = spec.Memory,
        Steps = [.. spec.Steps.Select((step, index) => new WorkflowStepState
        {
            Id = step.Id,
            DependsOn = step.DependsOn,
            AgentId = agents[index],
            Session = step.Session?.Name,
            MaxAttempts = step.MaxAttempts,
            BackoffSeconds = step.BackoffSeconds,
        })],
    };

    /// <summary>An attempt of a step begins. From here on what it runs may have been submitted.</summary>
    public WorkflowState Start(int step, DateTimeOffset now)
    {
        var next = Move(step, WorkflowStepStatus.Running, null, now, state => state with { Attempts = state.Attempts + 1, AttemptAt = now, RetryAt = null });
        return Steps[step].Session is not { } session || OpenSessions.Contains(session) ? next : next with { OpenSessions = [.. OpenSessions, session] };
    }

    /// <summary>An attempt is over: the step has ended, or is tried again; and where it has failed, the workflow may stop.</summary>
    public WorkflowState EndAttempt(int step, StepOutcome outcome, DateTimeOffset now)
    {
        var state = Steps[step];
        if (StopsAs is null && outcome.MayRetry && state.Attempts < state.MaxAttempts)
        {
            var at = now + WorkflowScheduler.Backoff(state.Attempts, state.BackoffSeconds);
            return Move(step, WorkflowStepStatus.Retrying, outcome, now, next => next with { RetryAt = at });
        }

        return EndStep(step, outcome, now);
    }

    /// <summary>A step has ended, or will not begin.</summary>
    public WorkflowState EndStep(int step, StepOutcome outcome, DateTimeOffset now)
    {
        var next = Move(step, outcome.Status, outcome, now, state => state with { RetryAt = null });
        var fails = outcome.Status is WorkflowStepStatus.Failed or WorkflowStepStatus.TimedOut;
        return fails && OnFailure == FailureModes.Stop ? next.Stop(WorkflowStatus.Failed, WorkflowCauses.StepFailed) : next;
    }

    /// <summary>Nothing starts any more. The first reason counts.</summary>
    public WorkflowState Stop(WorkflowStatus asWhat, string cause) =>
        StopsAs is not null ? this : MoveTo(WorkflowStatus.Stopping) with { StopsAs = asWhat, Cause = cause, Sequence = Sequence + 1, StoppedSequence = Sequence + 1 };

    /// <summary>A session of the workflow has ended.</summary>
    public WorkflowState CloseSession(string name) => OpenSessions.Contains(name)
        ? this with { OpenSessions = [.. OpenSessions.Where(open => open != name)], ClosedSessions = [.. ClosedSessions, name] }
        : this;

    /// <summary>It is over.</summary>
    public WorkflowState End(DateTimeOffset now)
    {
        var failed = Steps.Any(static step => step.Status is WorkflowStepStatus.Failed or WorkflowStepStatus.TimedOut or WorkflowStepStatus.Cancelled);
        var status = StopsAs ?? (failed ? WorkflowStatus.Failed : WorkflowStatus.Succeeded);
        return MoveTo(status) with { Cause = Cause ?? (failed ? WorkflowCauses.StepFailed : null), FinishedAt = now, Sequence = Sequence + 1 };
    }

    public WorkflowRow ToRow() => new(
        WorkflowId.TryParse(Id, out var id) ? id : throw new InvalidOperationException("The state has no workflow id."),
        TenantId,
        Node,
        WorkflowViews.Summary(this),
        InitialMemory);

    private WorkflowState MoveTo(WorkflowStatus next) => Allowed[Status].Contains(next)
        ? this with { Status = next }
        : throw new InvalidOperationException($"Workflow {Id} is {Status} and cannot become {next}.");

    private WorkflowState Move(int step, WorkflowStepStatus status, StepOutcome? outcome, DateTimeOffset now, Func<WorkflowStepState, WorkflowStepState> change)
    {
        var steps = Steps.ToArray();
        steps[step] = change(steps[step].MoveTo(status, outcome, Sequence + 1, now));
        return this with { Steps = steps, Sequence = Sequence + 1 };
    }
}
