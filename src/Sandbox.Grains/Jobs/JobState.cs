using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Jobs;

/// <summary>
/// The state machine of a job. Immutable: a transition answers with the next state, and the grain keeps the old one until
/// the next is durable. Everything small about a job is here; what it runs is, where it is long, a state of its own.
/// </summary>
internal sealed record JobState : IJobIndexed, IAudited, IQuotaBound
{
    private static readonly FrozenDictionary<JobStatus, JobStatus[]> Allowed = new Dictionary<JobStatus, JobStatus[]>
    {
        [JobStatus.Queued] = [JobStatus.Running, JobStatus.Cancelled, JobStatus.Failed],
        [JobStatus.Running] = [JobStatus.Queued, JobStatus.Succeeded, JobStatus.Failed, JobStatus.Cancelled, JobStatus.TimedOut],
        [JobStatus.Succeeded] = [],
        [JobStatus.Failed] = [],
        [JobStatus.Cancelled] = [],
        [JobStatus.TimedOut] = [],
    }.ToFrozenDictionary();

    public string Id { get; init; } = string.Empty;

    public string TenantId { get; init; } = string.Empty;

    public string AgentId { get; init; } = string.Empty;

    /// <summary>Role of the agent when it submitted the job.</summary>
    public string Role { get; init; } = string.Empty;

    /// <summary>Hash of the request, by which a repeated submission is told from another one with the same key.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    public string? Language { get; init; }

    public string Isolation { get; init; } = IsolationClasses.Standard;

    /// <summary>Root file system; null for the default one.</summary>
    public string? Template { get; init; }

    public ResourceLimits Limits { get; init; } = new(0, 0, 0, 0, 0, 0);

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = FrozenDictionary<string, string>.Empty;

    public PolicyDecision Decision { get; init; } = new(string.Empty, 0, false);

    public int MaxAttempts { get; init; } = 1;

    public string Node { get; init; } = string.Empty;

    public DateTimeOffset CreatedAt { get; init; }

    public JobStatus Status { get; init; }

    public IReadOnlyList<JobAttempt> Attempts { get; init; } = [];

    /// <summary>What it runs, where that is short, until it has ended: with it here, accepting and ending take one write each.</summary>
    public JobInput? ShortInput { get; init; }

    /// <summary>How it ended; null until then.</summary>
    public JobOutcome? Outcome { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether it had room when it was accepted: its sandbox is being made while it is queued, and counts as one.</summary>
    public bool Admitted { get; init; }

    /// <summary>What it takes of its tenant's quotas.</summary>
    [JsonIgnore]
    public TenantShare Share => Status switch
    {
        JobStatus.Running => TenantShare.Of(Limits),
        JobStatus.Queued when Exists => Admitted ? TenantShare.Of(Limits) : TenantShare.Queued,
        _ => default,
    };

    /// <inheritdoc/>
    [JsonIgnore]
    public QuotaBound? Bound { get; init; }

    /// <summary>What is recorded of the change that led here; set where it is written.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    public bool Exists => Id.Length > 0;

    public bool Ended => Exists && Allowed[Status].Length == 0;

    /// <summary>The attempt that runs, or ran last; null before the first.</summary>
    public JobAttempt? LastAttempt => Attempts.Count > 0 ? Attempts[^1] : null;

    /// <summary>A job as it is when it has been accepted.</summary>
    public static JobState Submit(JobId id, string tenantId, string agentId, JobSpec spec, string fingerprint, PolicyDecision decision, string node, DateTimeOffset now) => new()
    {
        Id = id.ToString(),
        TenantId = tenantId,
        AgentId = agentId,
        Fingerprint = fingerprint,
        Language = spec.Language,
        Isolation = spec.Isolation,
        Template = spec.Template,
        Limits = spec.Limits,
        Metadata = spec.Metadata,
        MaxAttempts = spec.MaxAttempts,
        Decision = decision,
        Node = node,
        CreatedAt = now,
        Status = JobStatus.Queued,
    };

    /// <summary>An attempt has a sandbox. From here on the code may have run.</summary>
    public JobState Start(string sandboxId, DateTimeOffset now) => MoveTo(JobStatus.Running) with
    {
        Attempts = [.. Attempts, new JobAttempt(Attempts.Count + 1, sandboxId, now, null)],
    };

    /// <summary>The attempt is lost and another one is permitted.</summary>
    public JobState Requeue(DateTimeOffset now) => MoveTo(JobStatus.Queued) with { Admitted = false, Attempts = EndLastAttempt(now) };

    /// <summary>The job is over.</summary>
    public JobState End(JobOutcome outcome, DateTimeOffset now) => MoveTo(outcome.Status) with
    {
        Attempts = EndLastAttempt(now),
        ShortInput = null,
        Outcome = outcome,
        FinishedAt = now,
    };

    /// <summary>Whether an attempt that was lost on the way may be made good by another one.</summary>
    public bool MayRetry(JobOutcome outcome) => outcome.Cause == JobCauses.NodeLost && Attempts.Count < MaxAttempts;

    public JobRow ToRow() => new(
        JobId.TryParse(Id, out var id) ? id : throw new InvalidOperationException("The state has no job id."),
        TenantId,
        JobViews.WithoutOutput(this),
        Status == JobStatus.Running ? LastAttempt?.SandboxId : null,
        Node,
        Share);

    private JobState MoveTo(JobStatus next) => Allowed[Status].Contains(next)
        ? this with { Status = next }
        : throw new InvalidOperationException($"Job {Id} is {Status} and cannot become {next}.");

    private IReadOnlyList<JobAttempt> EndLastAttempt(DateTimeOffset now) =>
        LastAttempt is { EndedAt: null } last ? [.. Attempts.Take(Attempts.Count - 1), last with { EndedAt = now }] : Attempts;
}

/// <summary>One start of a job.</summary>
/// <param name="Number">From 1.</param>
/// <param name="SandboxId">The sandbox, which belongs to this attempt alone: it is the attempt's epoch.</param>
/// <param name="StartedAt">When it got its sandbox.</param>
/// <param name="EndedAt">When it was over.</param>
internal sealed record JobAttempt(int Number, string SandboxId, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

/// <summary>How a job, or an attempt of it, ended.</summary>
internal sealed record JobOutcome
{
    public required JobStatus Status { get; init; }

    public string? Cause { get; init; }

    public int? ExitCode { get; init; }

    public string? Signal { get; init; }

    public bool StdoutTruncated { get; init; }

    public bool StderrTruncated { get; init; }

    public JobUsage Usage { get; init; } = new(0, 0, 0, 0);

    public IReadOnlyList<ArtifactInfo> Artifacts { get; init; } = [];

    public IReadOnlyList<SkippedArtifact> SkippedArtifacts { get; init; } = [];

    /// <summary>Output that is not in the output store: the end of it, or all of it when it is short.</summary>
    public IReadOnlyList<OutputEvent> Tail { get; init; } = [];

    /// <summary>Whether the output store holds the output before the tail.</summary>
    public bool OutputStored { get; init; }

    /// <summary>Ends an attempt whose sandbox is gone.</summary>
    public static JobOutcome Lost { get; } = new() { Status = JobStatus.Failed, Cause = JobCauses.NodeLost };
}

/// <summary>What a job runs; kept until no attempt can follow.</summary>
internal sealed record JobInput
{
    // It is written again when the job starts, so that only what costs next to nothing counts as short.
    private const int MostShortCharacters = 8 * 1024;

    public JobSpec? Spec { get; init; }

    /// <summary>What it may do, as it was decided.</summary>
    public EffectivePermit Permit { get; init; } = new();

    /// <summary>Trace of the submission (W3C <c>traceparent</c>): runs continue it, in whatever process they happen.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether it is kept in the job's own state.</summary>
    [JsonIgnore]
    public bool IsShort => Spec is not { } spec || Length(spec) <= MostShortCharacters;

    private static long Length(JobSpec spec) =>
        (spec.Code?.Length ?? 0) + (spec.Stdin?.Length ?? 0)
        + spec.Files.Sum(file => (long)file.Path.Length + file.Content.Length)
        + spec.Args.Concat(spec.Command ?? []).Concat(spec.Artifacts).Sum(text => (long)text.Length)
        + spec.Env.Sum(variable => (long)variable.Key.Length + variable.Value.Length);
}
