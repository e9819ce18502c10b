using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Audit;

namespace Sandbox.Grains.Sessions;

/// <summary>What is recorded of sessions. What changes one follows from its states, so that no way of changing it goes round the record.</summary>
internal static class SessionAudit
{
    private const string Type = "session";

    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(SessionState before, SessionState next)
    {
        if (!before.Exists)
            return [Created(next)];
        var events = new List<AuditEvent>();
        if (next.Epoch > before.Epoch)
            events.Add(By(next, AuditActions.SessionTakenUp, AuditOutcomes.Succeeded) with { Details = AuditDetails.Of(("epoch", $"{next.Epoch}")) });
        if (next.ExpiresAt != before.ExpiresAt || next.Spec != before.Spec)
            events.Add(By(next, AuditActions.SessionUpdated, AuditOutcomes.Succeeded) with { Details = AuditDetails.Of(("expiresAt", $"{next.ExpiresAt.UtcDateTime:O}")) });
        if (next.Ended && !before.Ended)
            events.Add(Ended(next));
        else if (Moved(before, next) is { } moved)
            events.Add(moved);
        return events;
    }

    /// <summary>Somebody wants something done to a session.</summary>
    public static AuditEvent Asked(Caller caller, SessionState session, string action) =>
        new(session.TenantId, AuditActor.Of(caller), action, new AuditResource(Type, session.Id), AuditOutcomes.Allowed) { TraceId = AuditTrace.Current };

    /// <summary>Something that was refused.</summary>
    public static AuditEvent Denied(Caller caller, string session, string action, PolicyDecision? decision, Refusal refusal) =>
        Refusals.Event(caller, action, new AuditResource(Type, session), decision, refusal);

    /// <summary>The retention of a session is over.</summary>
    public static AuditEvent Expired(SessionState session) => By(session, AuditActions.SessionDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Created(SessionState session) => new(
        session.TenantId, new AuditActor(session.AgentId, session.Role), AuditActions.SessionCreated, new AuditResource(Type, session.Id), AuditOutcomes.Succeeded)
    {
        Decision = session.Decision,
        TraceId = AuditTrace.Current,
        Details = AuditDetails.Of(
            ("language", session.Spec.Language), ("isolation", session.Spec.Isolation), ("template", session.Spec.Template),
            ("snapshot", session.Spec.Snapshot), ("sandboxId", session.SandboxId), ("node", session.Node)),
    };

    private static AuditEvent Ended(SessionState session) =>
        By(session, AuditActions.SessionEnded, session.Status == SessionStatus.Failed ? AuditOutcomes.Failed : AuditOutcomes.Succeeded) with
        {
            Cause = session.Cause,
            Details = AuditDetails.Of(("status", session.Status.ToString().ToLowerInvariant())),
        };

    private static AuditEvent? Moved(SessionState before, SessionState next)
    {
        if (before.Status == next.Status && before.Suspended == next.Suspended)
            return null;
        return next.Status == SessionStatus.Paused
            ? By(next, AuditActions.SessionPaused, AuditOutcomes.Succeeded) with { Details = AuditDetails.Of(("where", next.Suspended ? PausePlaces.Disk : PausePlaces.Memory)) }
            : By(next, AuditActions.SessionResumed, AuditOutcomes.Succeeded) with { Details = AuditDetails.Of(("sandboxId", next.SandboxId)) };
    }

    private static AuditEvent By(SessionState session, string action, string outcome) =>
        new(session.TenantId, new AuditActor(session.AgentId, AuditActor.System), action, new AuditResource(Type, session.Id), outcome) { TraceId = AuditTrace.Current };
}
