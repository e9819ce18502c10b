using System.Collections.Frozen;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Events;

/// <summary>
/// Which actions of the audit record are events of a life: something starts, changes its state, or ends. Names of types are part of the
/// public interface: never renamed.
/// </summary>
public static class LifecycleTypes
{
    private static readonly FrozenDictionary<string, LifecycleType> ByAction = new LifecycleType[]
    {
        new(AuditActions.JobSubmitted, "job.submitted", "queued"),
        new(AuditActions.JobStarted, "job.started", "running"),
        new(AuditActions.JobRequeued, "job.requeued", "queued"),
        new(AuditActions.JobEnded, "job.ended"),
        new(AuditActions.SessionCreated, "session.created", "ready"),
        new(AuditActions.SessionUpdated, "session.updated"),
        new(AuditActions.SessionPaused, "session.paused", "paused"),
        new(AuditActions.SessionResumed, "session.resumed", "ready"),
        new(AuditActions.SessionTakenUp, "session.taken_up"),
        new(AuditActions.SessionEnded, "session.ended"),
        new(AuditActions.StepSubmitted, "step.submitted", "queued"),
        new(AuditActions.StepEnded, "step.ended"),
        new(AuditActions.CommandSubmitted, "command.submitted", "queued"),
        new(AuditActions.CommandEnded, "command.ended"),
        new(AuditActions.ServiceCreated, "service.created", "starting"),
        new(AuditActions.ServiceStarted, "service.started", "starting"),
        new(AuditActions.ServiceRunning, "service.running", "running"),
        new(AuditActions.ServiceRestarting, "service.restarting", "starting"),
        new(AuditActions.ServiceTakenUp, "service.taken_up"),
        new(AuditActions.ServiceEnded, "service.ended"),
        new(AuditActions.ServiceTokenCreated, "service.token_created"),
        new(AuditActions.ServiceTokenRevoked, "service.token_revoked"),
        new(AuditActions.SnapshotCreate, "snapshot.started"),
        new(AuditActions.SnapshotCreated, "snapshot.created", "ready", "failed"),
        new(AuditActions.SnapshotDeleted, "snapshot.deleted"),
        new(AuditActions.TemplateCreate, "template.started", "importing"),
        new(AuditActions.TemplateCreated, "template.created", "ready", "failed"),
        new(AuditActions.TemplateDeleted, "template.deleted"),
        new(AuditActions.WorkflowSubmitted, "workflow.submitted", "running"),
        new(AuditActions.WorkflowStepStarted, "workflow.step_started", "running"),
        new(AuditActions.WorkflowStepRetried, "workflow.step_retried", "retrying"),
        new(AuditActions.WorkflowStepEnded, "workflow.step_ended"),
        new(AuditActions.WorkflowStopping, "workflow.stopping", "stopping"),
        new(AuditActions.WorkflowEnded, "workflow.ended"),
        new(AuditActions.ArtifactCreated, "artifact.created"),
        new(AuditActions.ArtifactDelete, "artifact.deleting"),
        new(AuditActions.ArtifactExpired, "artifact.expired"),
        new(AuditActions.PolicyChanged, "policy.changed"),
        new(AuditActions.PolicyDeleted, "policy.deleted"),
    }.ToFrozenDictionary(static type => type.Action, StringComparer.Ordinal);

    /// <summary>The names of all types, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByAction.Values.Select(static type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>The type of an action; null where it is no event of a life.</summary>
    internal static LifecycleType? Of(string action) => ByAction.GetValueOrDefault(action);

    /// <summary>The actions whose types a filter lets through.</summary>
    internal static FrozenSet<string> Actions(Func<string, bool> passes) =>
        ByAction.Values.Where(type => passes(type.Name)).Select(static type => type.Action).ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>A type of event.</summary>
/// <param name="Action">The action on the audit record.</param>
/// <param name="Name">Its public name.</param>
/// <param name="Status">The state that the resource is in then; null where the record itself says so, or nothing does.</param>
/// <param name="FailedStatus">The state where the action has failed; null for the same.</param>
internal sealed record LifecycleType(string Action, string Name, string? Status = null, string? FailedStatus = null);
