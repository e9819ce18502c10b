using System.Diagnostics;
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
    private const string Type = "job";

    /// <summary>The events of a change from one state to the next.</summary>
    public static IReadOnlyList<AuditEvent> Between(JobState before, JobState next)
    {
        var events = new List<AuditEvent>();
        if (!before.Exists)
            events.Add(Submitted(next));
        if (next.Attempts.Count > before.Attempts.Count)
            events.Add(Started(next));
        if (before.Status == JobStatus.Running && next.Status == JobStatus.Queued)
            events.Add(By(next, AuditActions.JobRequeued, AuditOutcomes.Failed) with { Cause = JobCauses.NodeLost });
        if (next.Ended && !before.Ended)
            events.Add(Ended(next));
        return events;
    }

    /// <summary>A submission that was refused.</summary>
    public static AuditEvent Denied(Caller caller, JobId id, PolicyDecision decision, Refusal refusal) =>
        Refusals.Event(caller, AuditActions.JobDenied, new AuditResource(Type, id.ToString()), decision, refusal);

    /// <summary>Somebody wants something done to a job.</summary>
    public static AuditEvent Asked(Caller caller, JobState job, string action) =>
        new(job.TenantId, AuditActor.Of(caller), action, new AuditResource(Type, job.Id), AuditOutcomes.Allowed) { TraceId = AuditTrace.Current };

    /// <summary>The retention of a job is over.</summary>
    public static AuditEvent Expired(JobState job) => By(job, AuditActions.JobDelete, AuditOutcomes.Allowed) with { Cause = "retention" };

    private static AuditEvent Submitted(JobState job) => new(
        job.TenantId, new AuditActor(job.AgentId, job.Role), AuditActions.JobSubmitted, new AuditResource(Type, job.Id), AuditOutcomes.Allowed)
    {
        Decision = job.Decision,
        TraceId = AuditTrace.Current,
        Details = AuditDetails.Of(("language", job.Language), ("isolation", job.Isolation), ("template", job.Template)),
    };

    private static AuditEvent Started(JobState job) => By(job, AuditActions.JobStarted, AuditOutcomes.Succeeded) with
    {
        Details = AuditDetails.Of(("sandboxId", job.LastAttempt?.SandboxId), ("node", job.Node), ("attempt", $"{job.Attempts.Count}")),
    };

    private static AuditEvent Ended(JobState job)
    {
        var outcome = job.Outcome!;
        return By(job, AuditActions.JobEnded, job.Status == JobStatus.Succeeded ? AuditOutcomes.Succeeded : AuditOutcomes.Failed) with
        {
            Cause = outcome.Cause,
            Usage = new AuditUsage(outcome.Usage.WallSeconds, outcome.Usage.CpuSeconds, outcome.Usage.PeakMemoryBytes, outcome.Usage.OutputBytes),
            Details = AuditDetails.Of(("status", job.Status.ToString().ToLowerInvariant()), ("exitCode", outcome.ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("signal", outcome.Signal)),
        };
    }

    private static AuditEvent By(JobState job, string action, string outcome) =>
        new(job.TenantId, new AuditActor(job.AgentId, AuditActor.System), action, new AuditResource(Type, job.Id), outcome) { TraceId = AuditTrace.Current };
}
