using System.Text.Json.Serialization;

namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>State of a job. The names on the wire are the snake_case forms.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
public enum JobStatus
{
    /// <summary>Accepted and durable; waits for a slot.</summary>
    [JsonStringEnumMemberName("queued")] Queued = 0,

    /// <summary>An attempt has been assigned to a sandbox.</summary>
    [JsonStringEnumMemberName("running")] Running = 1,

    /// <summary>Ended with exit code 0.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded = 2,

    /// <summary>Ended otherwise; see the cause.</summary>
    [JsonStringEnumMemberName("failed")] Failed = 3,

    /// <summary>Ended by the caller.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled = 4,

    /// <summary>Ended by its wall-clock limit.</summary>
    [JsonStringEnumMemberName("timed_out")] TimedOut = 5,
}

/// <summary>Why a job ended as it did; null for a job that succeeded.</summary>
public static class JobCauses
{
    /// <summary>The program exited with a code other than 0.</summary>
    public const string ExitCode = "exit_code";

    /// <summary>The program was killed by a signal that Sandbox did not send.</summary>
    public const string Signal = "signal";

    /// <summary>The kernel killed a process because the memory limit was reached.</summary>
    public const string OutOfMemory = "out_of_memory";

    /// <summary>More output than the limit allows.</summary>
    public const string OutputLimit = "output_limit";

    /// <summary>The program failed with its workspace or <c>/tmp</c> full.</summary>
    public const string DiskLimit = "disk_limit";

    /// <summary>The program failed after the process limit had refused it a process.</summary>
    public const string ProcessLimit = "process_limit";

    /// <summary>Policy ended it.</summary>
    public const string PolicyDenied = "policy_denied";

    /// <summary>The sandbox was lost with its node, or no longer answers.</summary>
    public const string NodeLost = "node_lost";

    /// <summary>The wall-clock limit was reached.</summary>
    public const string Timeout = "timeout";

    /// <summary>The caller cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The command or interpreter could not be started at all.</summary>
    public const string StartFailed = "start_failed";

    /// <summary>An artifact among its files was gone, or damaged, when it was started.</summary>
    public const string ArtifactUnavailable = "artifact_unavailable";

    /// <summary>Its packages could not be installed; what the installer said is on standard error.</summary>
    public const string PackagesFailed = "packages_failed";

    /// <summary>A secret that it was to have was removed before it started.</summary>
    public const string SecretUnknown = "secret_unknown";
}
