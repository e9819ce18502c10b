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
    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(SessionState before, SessionState next)
    {
        if (!before.Exists)
            return [Created(next)];
        var events = new List<AuditEvent>();
        if (next.Epoch > before.Epoch)
            events.Add(Done(next, AuditActions.SessionTakenUp).With(("epoch", $"{next.Epoch}")));
        if (next.ExpiresAt != before.ExpiresAt || next.Spec != before.Spec)
            events.Add(Done(next, AuditActions.SessionUpdated).With(("expiresAt", $"{next.ExpiresAt.UtcDateTime:O}")));
        if (next.Ended && !before.Ended)
            events.Add(Ended(next));
        else if (Moved(before, next) is { } moved)
            events.Add(moved);
        return events;
    }

    /// <summary>Somebody wants something done to a session.</summary>
    public static AuditEvent Asked(Caller caller, SessionState session, string action) => AuditEvent.By(caller, action, Resource(session.Id));

    /// <summary>Something that was refused.</summary>
    public static AuditEvent Denied(Caller caller, string session, string action, Refusal refusal, PolicyDecision? decision = null) =>
        AuditEvent.Refused(caller, action, Resource(session), refusal, decision);

    /// <summary>The retention of a session is over.</summary>
    public static AuditEvent Expired(SessionState session) =>
        OfItself(session, AuditActions.SessionDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Created(SessionState session)
    {
        var (spec, caller) = (session.Spec, new Caller(session.TenantId, session.AgentId, session.Role));
        var created = AuditEvent.By(caller, AuditActions.SessionCreated, Resource(session.Id), AuditOutcomes.Succeeded) with { Decision = session.Decision };
        return created
            .With(("language", spec.Language), ("isolation", spec.Isolation), ("template", spec.Template), ("snapshot", spec.Snapshot),
                ("sandboxId", session.SandboxId), ("node", session.Node))
            .With(AuditLimits.Of(spec.Limits));
    }

    private static AuditEvent Ended(SessionState session)
    {
        var ended = OfItself(session, AuditActions.SessionEnded, session.Status == SessionStatus.Failed ? AuditOutcomes.Failed : AuditOutcomes.Succeeded);
        return (ended with { Cause = session.Cause }).With(("status", session.Status.ToString().ToLowerInvariant()));
    }

    private static AuditEvent? Moved(SessionState before, SessionState next)
    {
        if (before.Status == next.Status && before.Suspended == next.Suspended)
            return null;
        return next.Status == SessionStatus.Paused
            ? Done(next, AuditActions.SessionPaused).With(("where", next.Suspended ? PausePlaces.Disk : PausePlaces.Memory))
            : Done(next, AuditActions.SessionResumed).With(("sandboxId", next.SandboxId));
    }

    private static AuditEvent Done(SessionState session, string action) => OfItself(session, action, AuditOutcomes.Succeeded);

    private static AuditEvent OfItself(SessionState session, string action, string outcome) =>
        AuditEvent.OfItself(session.TenantId, session.AgentId, action, Resource(session.Id), outcome);

    private static AuditResource Resource(string id) => new(AuditResourceTypes.Session, id);
}
