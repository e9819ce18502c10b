using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Snapshots;

/// <summary>What is recorded of snapshots.</summary>
internal static class SnapshotAudit
{
    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(SnapshotState before, SnapshotState next) => (before.Status, next.Status) switch
    {
        (not SnapshotStatus.Ready, SnapshotStatus.Ready) =>
            [OfItself(next, AuditActions.SnapshotCreated, AuditOutcomes.Succeeded).With(("sizeBytes", next.SizeBytes.ToString(CultureInfo.InvariantCulture)))],
        (SnapshotStatus.Ready, not SnapshotStatus.Ready) => [OfItself(next, AuditActions.SnapshotDeleted, AuditOutcomes.Succeeded)],
        _ => [],
    };

    /// <summary>Somebody wants something done.</summary>
    public static AuditEvent Asked(Caller caller, string id, string action, string? session = null) =>
        AuditEvent.By(caller, action, Resource(id)).With(("session", session));

    /// <summary>Something that was refused.</summary>
    public static AuditEvent Denied(Caller caller, string id, string action, Refusal refusal, string? session = null) =>
        AuditEvent.Refused(caller, action, Resource(id), refusal).With(("session", session));

    /// <summary>It was begun, and did not become ready.</summary>
    public static AuditEvent Failed(SnapshotState snapshot, string cause) =>
        OfItself(snapshot, AuditActions.SnapshotCreated, AuditOutcomes.Failed) with { Cause = cause };

    /// <summary>Its time is over.</summary>
    public static AuditEvent Expired(SnapshotState snapshot) =>
        OfItself(snapshot, AuditActions.SnapshotDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent OfItself(SnapshotState snapshot, string action, string outcome) =>
        AuditEvent.OfItself(snapshot.TenantId, snapshot.AgentId, action, Resource(snapshot.Id), outcome);

    private static AuditResource Resource(string id) => new(AuditResourceTypes.Snapshot, id);
}
