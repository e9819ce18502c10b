using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Workflows;

/// <summary>What is recorded of workflows. What changes one follows from its states, so that no way of changing it goes round the record.</summary>
internal static class WorkflowAudit
{
    /// <summary>The events of a change from one state to the next, which may be several steps' at once.</summary>
    public static IReadOnlyList<AuditEvent> Between(WorkflowState before, WorkflowState next)
    {
        var events = new List<AuditEvent>();
        if (!before.Exists)
            events.Add(AuditEvent.By(next.Owner, AuditActions.WorkflowSubmitted, Resource(next.Id)).With(("steps", Text(next.Steps.Count))));
        foreach (var (step, mark) in next.Steps.SelectMany(static step => step.Marks.Select(mark => (step, mark))).Where(pair => pair.mark.Sequence > before.Sequence).OrderBy(static pair => pair.mark.Sequence))
            events.Add(Step(next, step, mark));
        if (next.StoppedSequence > before.Sequence)
            events.Add(OfItself(next, AuditActions.WorkflowStopping, AuditOutcomes.Allowed) with { Cause = next.Cause });
        if (next.Ended && !before.Ended)
            events.Add(Ended(next));
        return events;
    }

    /// <summary>A submission that was refused.</summary>
    public static AuditEvent Denied(Caller caller, string id, Refusal refusal) =>
        AuditEvent.Refused(caller, AuditActions.WorkflowDenied, Resource(id), refusal);

    /// <summary>Somebody wants something done to a workflow.</summary>
    public static AuditEvent Asked(Caller caller, WorkflowState workflow, string action) => AuditEvent.By(caller, action, Resource(workflow.Id));

    /// <summary>The retention of a workflow is over.</summary>
    public static AuditEvent Expired(WorkflowState workflow) => OfItself(workflow, AuditActions.WorkflowDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Step(WorkflowState workflow, WorkflowStepState step, StepMark mark)
    {
        var (action, outcome) = mark.Status switch
        {
            WorkflowStepStatus.Running => (AuditActions.WorkflowStepStarted, AuditOutcomes.Succeeded),
            WorkflowStepStatus.Retrying => (AuditActions.WorkflowStepRetried, AuditOutcomes.Failed),
            WorkflowStepStatus.Succeeded or WorkflowStepStatus.Skipped => (AuditActions.WorkflowStepEnded, AuditOutcomes.Succeeded),
            _ => (AuditActions.WorkflowStepEnded, AuditOutcomes.Failed),
        };
        var what = AuditEvent.OfItself(workflow.TenantId, step.AgentId, action, Resource(workflow.Id), outcome) with { Cause = mark.Outcome?.Cause };
        return what.With(
            ("step", step.Id),
            ("status", EventJson.NameOf(mark.Status)),
            ("attempt", mark.Attempt > 0 ? Text(mark.Attempt) : null),
            ("jobId", mark.Attempt > 0 && step.Session is null ? WorkflowViews.JobOf(workflow, step, mark.Attempt) : null),
            ("sessionId", mark.Attempt > 0 && step.Session is { } session ? WorkflowViews.SessionOf(workflow, session) : null),
            ("exitCode", mark.Outcome?.ExitCode is { } exitCode ? Text(exitCode) : null));
    }

    private static AuditEvent Ended(WorkflowState workflow) =>
        (OfItself(workflow, AuditActions.WorkflowEnded, workflow.Status == WorkflowStatus.Succeeded ? AuditOutcomes.Succeeded : AuditOutcomes.Failed) with { Cause = workflow.Cause })
            .With(("status", EventJson.NameOf(workflow.Status)));

    private static AuditEvent OfItself(WorkflowState workflow, string action, string outcome) =>
        AuditEvent.OfItself(workflow.TenantId, workflow.AgentId, action, Resource(workflow.Id), outcome);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static AuditResource Resource(string id) => new(AuditResourceTypes.Workflow, id);
}
