using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>
/// The state machine of a service. Immutable, as a session's is. The session that the service is inside is a part of it and written
/// with it: neither is there, or over, without the other.
/// </summary>
internal sealed record ServiceState : IServiceIndexed, IAudited, IQuotaBound
{
    private static readonly FrozenDictionary<ServiceStatus, ServiceStatus[]> Allowed = new Dictionary<ServiceStatus, ServiceStatus[]>
    {
        [ServiceStatus.Starting] = [ServiceStatus.Starting, ServiceStatus.Running, ServiceStatus.Stopped, ServiceStatus.Failed],
        [ServiceStatus.Running] = [ServiceStatus.Starting, ServiceStatus.Stopped, ServiceStatus.Failed],
        [ServiceStatus.Stopped] = [],
        [ServiceStatus.Failed] = [],
    }.ToFrozenDictionary();

    /// <summary>Of a service that does not exist.</summary>
    public static ServiceSpec NoSpec { get; } = new(SessionState.NoSpec, null, null, null, 0, new ServiceHealth(null, 0, 0, 0), 0, []);

    public string Id { get; init; } = string.Empty;

    /// <summary>What it is; its files and code are in the workspace, and not kept here.</summary>
    public ServiceSpec Spec { get; init; } = NoSpec;

    /// <summary>Argument vector of its program.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];

    /// <summary>The session that it is inside.</summary>
    public SessionState Session { get; init; } = new();

    public ServiceStatus Status { get; init; }

    /// <summary>Starts of its program so far: also the number of the last one.</summary>
    public int Attempts { get; init; }

    /// <summary>Attempts on end that have failed.</summary>
    public int Failures { get; init; }

    /// <summary>How the attempt before was over.</summary>
    public ServiceAttemptEnd? LastAttempt { get; init; }

    /// <summary>When the last attempt began; the time that it has to answer counts from there.</summary>
    public DateTimeOffset? AttemptAt { get; init; }

    /// <summary>Since when it answers; null while it does not.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When the next attempt is due; null while one runs.</summary>
    public DateTimeOffset? RestartAt { get; init; }

    /// <summary>One of <see cref="ServiceCauses"/>; null until it is over.</summary>
    public string? Cause { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Kept beyond its end: whoever holds one is told that it is over.</summary>
    public IReadOnlyList<StoredToken> Tokens { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public QuotaBound? Bound => Session.Bound;

    /// <summary>What is recorded of the change that led here; set where it is written.</summary>
    [JsonIgnore]
    public IReadOnlyList<AuditEvent> Events { get; init; } = [];

    public bool Exists => Id.Length > 0;

    public bool Ended => Exists && Allowed[Status].Length == 0;

    /// <summary>The session that it is inside has become another one; where that has ended, so has the service.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cause">Why, where that is not the session's to say.</param>
    /// <param name="last">How the last attempt was over, where that is why.</param>
    /// <param name="now">The time.</param>
    public ServiceState Follow(SessionState session, string? cause, ServiceAttemptEnd? last, DateTimeOffset now)
    {
        var next = this with { Session = session };
        return session.Ended && !Ended ? next.End(cause ?? CauseOf(session), last, now) : next;
    }

    /// <summary>Its program is about to be started.</summary>
    public ServiceState Begin(DateTimeOffset now) => MoveTo(ServiceStatus.Starting) with
    {
        Attempts = Attempts + 1,
        AttemptAt = now,
        RestartAt = null,
        ReadyAt = null,
    };

    /// <summary>It answers.</summary>
    public ServiceState Ready(DateTimeOffset now) => MoveTo(ServiceStatus.Running) with { ReadyAt = now };

    /// <summary>The attempt is over, and another one follows.</summary>
    public ServiceState Retry(ServiceAttemptEnd end, DateTimeOffset now)
    {
        var failures = ServiceClock.FailuresAfter(this, now);
        return MoveTo(ServiceStatus.Starting) with
        {
            Failures = failures,
            LastAttempt = end,
            ReadyAt = null,
            RestartAt = now + ServiceClock.PauseAfter(failures),
        };
    }

    public ServiceState AddToken(StoredToken token) => this with { Tokens = [.. Tokens, token] };

    public ServiceState RemoveToken(string id) => this with { Tokens = [.. Tokens.Where(token => token.Token.Id != id)] };

    public ServiceRow ToRow() => new(
        ServiceId.TryParse(Id, out var id) ? id : throw new InvalidOperationException("The state has no service id."),
        Session.TenantId,
        View(),
        Ended ? null : Session.SandboxId,
        Ended ? default : TenantShare.Of(Session.Spec.Limits));

    /// <summary>The form that callers see.</summary>
    public ServiceView View() => new(
        Id,
        Status,
        Cause,
        Spec.Port,
        Spec.Health,
        Attempts,
        Spec.MaxAttempts,
        LastAttempt,
        Spec.Language,
        Session.Spec.Isolation,
        Session.Spec.Template,
        Session.Spec.Limits,
        Session.Node,
        Session.AgentId,
        Session.Decision,
        Session.Spec.Metadata,
        Session.CreatedAt,
        ReadyAt,
        RestartAt,
        Session.ExpiresAt,
        EndedAt);

    private static string CauseOf(SessionState session) => session.Cause switch
    {
        SessionEndCauses.Ttl or SessionEndCauses.Idle => ServiceCauses.Ttl,
        SessionEndCauses.Requested => ServiceCauses.Requested,
        SessionEndCauses.OutOfMemory => ServiceCauses.OutOfMemory,
        _ => ServiceCauses.SandboxLost,
    };

    private ServiceState End(string cause, ServiceAttemptEnd? last, DateTimeOffset now) => MoveTo(cause switch
    {
        ServiceCauses.Ttl or ServiceCauses.Requested or ServiceCauses.Policy => ServiceStatus.Stopped,
        _ => ServiceStatus.Failed,
    }) with
    {
        Cause = cause,
        LastAttempt = last ?? LastAttempt,
        EndedAt = now,
        RestartAt = null,
    };

    private ServiceState MoveTo(ServiceStatus next) => Allowed[Status].Contains(next)
        ? this with { Status = next }
        : throw new InvalidOperationException($"Service {Id} is {Status} and cannot become {next}.");
}

/// <summary>A token, and what is kept of its text.</summary>
/// <param name="Token">The token.</param>
/// <param name="Hash">SHA-256 of what its holder shows.</param>
internal sealed record StoredToken(ServiceToken Token, string Hash);
