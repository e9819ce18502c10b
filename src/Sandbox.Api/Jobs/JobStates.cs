using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Jobs;

/// <summary>Reading of states.</summary>
internal static class JobStates
{
    extension(JobView job)
    {
        /// <summary>True when the job's state will not change again.</summary>
        public bool HasEnded => job.Status is not (JobStatus.Queued or JobStatus.Running);
    }

    /// <summary>The names by which lists are filtered.</summary>
    public static readonly string[] Names = ["queued", "running", "succeeded", "failed", "cancelled", "timed_out"];

    /// <summary>A state by its name on the wire; null when it is noted as wrong.</summary>
    public static JobStatus? Read(string name, RequestErrors errors)
    {
        JobStatus? status = name switch
        {
            "queued" => JobStatus.Queued,
            "running" => JobStatus.Running,
            "succeeded" => JobStatus.Succeeded,
            "failed" => JobStatus.Failed,
            "cancelled" => JobStatus.Cancelled,
            "timed_out" => JobStatus.TimedOut,
            _ => null,
        };
        if (status is null)
            errors.Add("status", "Must be queued, running, succeeded, failed, cancelled or timed_out.");
        return status;
    }
}
