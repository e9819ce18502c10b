using System.Globalization;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Sessions;

/// <summary>What is recorded of a step or command when it is written: that it is there, and that it is over; each once.</summary>
internal static class StepAudit
{
    public static IReadOnlyList<AuditEvent> Of(SqliteSession session, StepRecord step)
    {
        if (TenantOf(session, step.SessionId) is not { } tenant)
            return [];
        var before = EndedBefore(session, step);
        var isCommand = step.Background is not null;
        var events = new List<AuditEvent>(2);
        if (before is null)
            events.Add(Submitted(tenant, step, isCommand ? AuditActions.CommandSubmitted : AuditActions.StepSubmitted));
        if (step.Ended && before is not true)
            events.Add(Ended(tenant, step, isCommand ? AuditActions.CommandEnded : AuditActions.StepEnded));
        return events;
    }

    private static AuditEvent Submitted(string tenant, StepRecord step, string action) =>
        new AuditEvent(tenant, new AuditActor(step.AgentId, step.Role.Length > 0 ? step.Role : AuditActor.System), action, Resource(step), AuditOutcomes.Allowed)
            .With(("sequence", Sequence(step)), ("language", step.Language));

    private static AuditEvent Ended(string tenant, StepRecord step, string action)
    {
        var wall = step is { StartedAt: { } from, FinishedAt: { } to } ? (to - from).TotalSeconds : 0;
        var outcome = step.Status == StepStatus.Succeeded ? AuditOutcomes.Succeeded : AuditOutcomes.Failed;
        return (AuditEvent.OfItself(tenant, step.AgentId, action, Resource(step), outcome) with { Cause = step.Cause }).With(
            ("sequence", Sequence(step)),
            ("status", step.Status.ToString().ToLowerInvariant()),
            ("wallSeconds", wall.ToString("0.######", CultureInfo.InvariantCulture)));
    }

    private static AuditResource Resource(StepRecord step) => new(AuditResourceTypes.Session, step.SessionId);

    private static string Sequence(StepRecord step) => step.Sequence.ToString(CultureInfo.InvariantCulture);

    private static string? TenantOf(SqliteSession session, string id)
    {
        using var statement = session.Prepare("SELECT tenant_id FROM sessions WHERE id = ?");
        return statement.Bind(id).Step() ? statement.Text(0) : null;
    }

    private static bool? EndedBefore(SqliteSession session, StepRecord step)
    {
        using var statement = session.Prepare("SELECT ended FROM session_steps WHERE session_id = ? AND sequence = ?");
        return statement.Bind(step.SessionId).Bind(step.Sequence).Step() ? statement.Int64(0) == 1 : null;
    }
}
