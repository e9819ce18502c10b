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

    /// <summary>A state by its name on the wire.</summary>
    public static JobStatus? Parse(string name) => name switch
    {
        "queued" => JobStatus.Queued,
        "running" => JobStatus.Running,
        "succeeded" => JobStatus.Succeeded,
        "failed" => JobStatus.Failed,
        "cancelled" => JobStatus.Cancelled,
        "timed_out" => JobStatus.TimedOut,
        _ => null,
    };
}
