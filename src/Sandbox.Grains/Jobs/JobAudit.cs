using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Audit;

namespace Sandbox.Grains.Jobs;

/// <summary>What is recorded of jobs. What changes a job follows from its states, so that no way of changing it goes round the record.</summary>
internal static class JobAudit
{
    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(JobState before, JobState next)
    {
        var events = new List<AuditEvent>();
        if (!before.Exists)
            events.Add(Submitted(next));
        if (next.Attempts.Count > before.Attempts.Count)
            events.Add(Started(next));
        if (before.Status == JobStatus.Running && next.Status == JobStatus.Queued)
            events.Add(OfItself(next, AuditActions.JobRequeued, AuditOutcomes.Failed) with { Cause = JobCauses.NodeLost });
        if (next.Ended && !before.Ended)
            events.Add(Ended(next));
        return events;
    }

    /// <summary>A submission that was refused.</summary>
    public static AuditEvent Denied(Caller caller, JobId id, PolicyDecision decision, Refusal refusal) =>
        AuditEvent.Refused(caller, AuditActions.JobDenied, Resource(id.ToString()), refusal, decision);

    /// <summary>Somebody wants something done to a job.</summary>
    public static AuditEvent Asked(Caller caller, JobState job, string action) => AuditEvent.By(caller, action, Resource(job.Id));

    /// <summary>The retention of a job is over.</summary>
    public static AuditEvent Expired(JobState job) => OfItself(job, AuditActions.JobDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Submitted(JobState job) =>
        (AuditEvent.By(new Caller(job.TenantId, job.AgentId, job.Role), AuditActions.JobSubmitted, Resource(job.Id)) with { Decision = job.Decision })
            .With(("language", job.Language), ("isolation", job.Isolation), ("template", job.Template))
            .With(AuditLimits.Of(job.Limits));

    private static AuditEvent Started(JobState job) => OfItself(job, AuditActions.JobStarted, AuditOutcomes.Succeeded)
        .With(("sandboxId", job.LastAttempt?.SandboxId), ("node", job.Node), ("attempt", $"{job.Attempts.Count}"));

    private static AuditEvent Ended(JobState job)
    {
        var outcome = job.Outcome!;
        var ended = OfItself(job, AuditActions.JobEnded, job.Status == JobStatus.Succeeded ? AuditOutcomes.Succeeded : AuditOutcomes.Failed) with
        {
            Cause = outcome.Cause,
            Decision = job.Decision.Allowed ? null : job.Decision,
            Usage = new AuditUsage(outcome.Usage.WallSeconds, outcome.Usage.CpuSeconds, outcome.Usage.PeakMemoryBytes, outcome.Usage.OutputBytes),
        };
        return ended.With(
            ("status", job.Status.ToString().ToLowerInvariant()), ("exitCode", outcome.ExitCode?.ToString(CultureInfo.InvariantCulture)), ("signal", outcome.Signal));
    }

    private static AuditEvent OfItself(JobState job, string action, string outcome) =>
        AuditEvent.OfItself(job.TenantId, job.AgentId, action, Resource(job.Id), outcome);

    private static AuditResource Resource(string id) => new(AuditResourceTypes.Job, id);
}
