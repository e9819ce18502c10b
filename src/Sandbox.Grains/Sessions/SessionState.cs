using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions.Forks;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The state machine of a session. Immutable: a transition answers with the next state, and the grain keeps the old one
/// until the next is durable. That it is busy follows from its steps and is not kept here.
/// </summary>
internal sealed record SessionState : ISessionIndexed, IAudited, IQuotaBound
{
    private static readonly FrozenDictionary<SessionStatus, SessionStatus[]> Allowed = new Dictionary<SessionStatus, SessionStatus[]>
    {
        [SessionStatus.Ready] = [SessionStatus.Paused, SessionStatus.Expired, SessionStatus.Terminated, SessionStatus.Failed],
        [SessionStatus.Paused] = [SessionStatus.Ready, SessionStatus.Expired, SessionStatus.Terminated, SessionStatus.Failed],
        [SessionStatus.Busy] = [],
        [SessionStatus.Expired] = [],
        [SessionStatus.Terminated] = [],
        [SessionStatus.Failed] = [],
    }.ToFrozenDictionary();

    /// <summary>Of a session that does not exist.</summary>
    public static SessionSpec NoSpec { get; } = new(
        string.Empty, null, IsolationClasses.Standard, new ResourceLimits(0, 0, 0, 0, 0, 0), 0, null, IdleActions.End,
        FrozenDictionary<string, string>.Empty, FrozenDictionary<string, string>.Empty);

    public string Id { get; init; } = string.Empty;

    public string TenantId { get; init; } = string.Empty;

    public string AgentId { get; init; } = string.Empty;

    /// <summary>Role of the agent when it created the session.</summary>
    public string Role { get; init; } = string.Empty;

    /// <summary>Hash of the request, by which a repeated one is told from another one with the same key.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    public SessionSpec Spec { get; init; } = NoSpec;

    public PolicyDecision Decision { get; init; } = new(string.Empty, 0, false);

    /// <summary>What it was created with, and was changed to, before its policy narrowed that; null where it never has.</summary>
    public SessionBounds? Asked { get; init; }

    /// <summary>What it may do under its policy, as that is now.</summary>
    public EffectivePermit Permit { get; init; } = new();

    public string Node { get; init; } = string.Empty;

    /// <summary>The sandbox, from the first state to the end; kept afterwards for the record.</summary>
    public string SandboxId { get; init; } = string.Empty;

    /// <summary>What it has from the session that was saved; null where its sandbox was not restored with its memory.</summary>
    public SessionOrigin? Origin { get; init; }

    /// <summary>Forks that are being made.</summary>
    public IReadOnlyList<PendingFork> Forks { get; init; } = [];

    /// <summary>Where its sandbox is stored while it is paused to disk; it has none then.</summary>
    public string? Image { get; init; }

    /// <summary>Steps that it had when it was paused to disk.</summary>
    public long Steps { get; init; }

    /// <summary>Rises with every process that takes the session up: of two activations only the one with the last epoch can write.</summary>
    public int Epoch { get; init; } = 1;

    public SessionStatus Status { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>One of <see cref="SessionEndCauses"/>; null until it has ended.</summary>
    public string? Cause { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public QuotaBound? Bound { get; init; }

    /// <summary>What is recorded of the change that led here; set where it is written.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    /// <summary>Whether it is paused to disk.</summary>
    public bool Suspended => Status == SessionStatus.Paused && Image is not null;

    public bool Exists => Id.Length > 0;

    public bool Ended => Exists && Allowed[Status].Length == 0;

    /// <summary>A session as it is when it has its sandbox.</summary>
    public static SessionState Create(
        SessionId id, string tenantId, string agentId, SessionSpec spec, string fingerprint, EffectivePermit permit, string node, string sandboxId, DateTimeOffset now, SessionOrigin? origin = null) => new()
    {
        Id = id.ToString(),
        TenantId = tenantId,
        AgentId = agentId,
        Fingerprint = fingerprint,
        Spec = spec,
        Decision = new PolicyDecision(permit.Policy, permit.Version, Allowed: true),
        Permit = permit,
        Node = node,
        SandboxId = sandboxId,
        Origin = origin,
        CreatedAt = now,
        ExpiresAt = now + TimeSpan.FromSeconds(spec.TtlSeconds),
        Status = SessionStatus.Ready,
    };

    public SessionState Pause() => MoveTo(SessionStatus.Paused);

    public SessionState Resume() => Suspended
        ? throw new InvalidOperationException($"Session {Id} is paused to disk: it needs a sandbox to go on.")
        : MoveTo(SessionStatus.Ready);

    /// <summary>Its sandbox is stored, and is none any more.</summary>
    public SessionState Suspend(string image, long steps) => Suspended
        ? throw new InvalidOperationException($"Session {Id} is paused to disk already.")
        : (Status == SessionStatus.Paused ? this : MoveTo(SessionStatus.Paused)) with { Image = image, Steps = steps, SandboxId = string.Empty };

    /// <summary>It goes on in a sandbox that was restored.</summary>
    public SessionState Wake(string sandboxId) => Suspended
        ? MoveTo(SessionStatus.Ready) with { Image = null, SandboxId = sandboxId }
        : throw new InvalidOperationException($"Session {Id} is {Status} and not paused to disk.");

    /// <summary>Forks are to be made: until <see cref="EndFork"/> is durable, they are not to stay.</summary>
    public SessionState BeginFork(PendingFork fork) => this with { Forks = [.. Forks, fork] };

    /// <summary>They are made, or undone.</summary>
    public SessionState EndFork(PendingFork fork) => this with { Forks = [.. Forks.Where(pending => pending.Id != fork.Id)] };

    /// <summary>Another process holds it from now on.</summary>
    public SessionState TakeUp() => this with { Epoch = Epoch + 1 };

    /// <summary>
    /// Its policy has changed: it lives no longer from now, and its next steps may do no more, than that allows. What its sandbox was
    /// made with stays; whether anything more may run in there is for the gate to say. A policy that is widened again gives back what
    /// it had narrowed, but for the end.
    /// </summary>
    public SessionState Renew(EffectivePermit permit, DateTimeOffset now)
    {
        var asked = Asked ?? new SessionBounds(Spec.IdleSeconds, Spec.Limits.WallSeconds, Spec.Limits.OutputBytes);
        return this with
        {
            Asked = asked,
            Permit = permit,
            Decision = Decision with { Version = permit.Version },
            ExpiresAt = permit.MaxSeconds(Spec) is { } ttl && now + TimeSpan.FromSeconds(ttl) is var end && end < ExpiresAt ? end : ExpiresAt,
            Spec = Spec with
            {
                IdleSeconds = Spec.Service is null && permit.MaxIdleSeconds is { } idle && !(asked.IdleSeconds <= idle) ? idle : asked.IdleSeconds,
                Limits = Spec.Limits with
                {
                    WallSeconds = Math.Min(asked.WallSeconds, permit.Limits.WallSeconds ?? double.MaxValue),
                    OutputBytes = Math.Min(asked.OutputBytes, permit.Limits.OutputBytes ?? long.MaxValue),
                },
            },
        };
    }

    public SessionState Change(SessionChange change, DateTimeOffset now)
    {
        var idle = change.IdleSeconds is { } seconds ? (seconds > 0 ? seconds : (double?)null) : Spec.IdleSeconds;
        return this with
        {
            ExpiresAt = change.TtlSeconds is { } ttl ? now + TimeSpan.FromSeconds(ttl) : ExpiresAt,
            Asked = change.IdleSeconds is null || Asked is null ? Asked : Asked with { IdleSeconds = idle },
            Spec = Spec with { IdleSeconds = idle, Metadata = Merge(Given(change.Metadata), change.Labels) },
        };
    }

    // Those by which a door finds the session stay, whatever is given in the place of the others.
    private IReadOnlyDictionary<string, string> Given(IReadOnlyDictionary<string, string>? labels)
    {
        var reserved = Spec.Metadata.Where(static label => label.Key.StartsWith(SessionSpec.ReservedLabels, StringComparison.Ordinal)).ToList();
        return labels is null ? Spec.Metadata : reserved.Count == 0 ? labels : labels.Concat(reserved).ToDictionary(StringComparer.Ordinal);
    }

    private static IReadOnlyDictionary<string, string> Merge(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string?>? changes)
    {
        if (changes is null)
            return labels;
        var merged = new Dictionary<string, string>(labels, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value;
        }

        return merged;
    }

    /// <summary>The session is over.</summary>
    public SessionState End(string cause, DateTimeOffset now) => MoveTo(cause switch
    {
        SessionEndCauses.Ttl or SessionEndCauses.Idle => SessionStatus.Expired,
        SessionEndCauses.Requested => SessionStatus.Terminated,
        _ => SessionStatus.Failed,
    }) with
    {
        Cause = cause,
        EndedAt = now,
    };

    public SessionRow ToRow() => new(
        SessionId.TryParse(Id, out var id) ? id : throw new InvalidOperationException("The state has no session id."),
        TenantId,
        View(busy: false, steps: 0),
        Ended || Suspended ? null : SandboxId,
        Ended || Suspended ? default : TenantShare.Of(Spec.Limits));

    /// <summary>The form that callers see.</summary>
    public SessionView View(bool busy, long steps) => new(
        Id,
        busy && Status == SessionStatus.Ready ? SessionStatus.Busy : Status,
        Cause,
        Spec.Language,
        Spec.Isolation,
        Spec.Template,
        Spec.Limits,
        Spec.IdleSeconds,
        Spec.OnIdle,
        Node,
        Epoch,
        steps,
        AgentId,
        Decision,
        Spec.Metadata,
        CreatedAt,
        ExpiresAt,
        EndedAt,
        Spec.Snapshot,
        Status != SessionStatus.Paused ? null : Suspended ? PausePlaces.Disk : PausePlaces.Memory);

    private SessionState MoveTo(SessionStatus next) => Allowed[Status].Contains(next)
        ? this with { Status = next }
        : throw new InvalidOperationException($"Session {Id} is {Status} and cannot become {next}.");
}
