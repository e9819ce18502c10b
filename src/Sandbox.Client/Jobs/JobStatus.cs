namespace Sandbox.Client;

/// <summary>States of a job. Later servers may have more.</summary>
public static class JobStatus
{
    /// <summary>It waits for room.</summary>
    public const string Queued = "queued";

    /// <summary>It runs.</summary>
    public const string Running = "running";

    /// <summary>Its program ended with exit code 0.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It did not succeed; its cause says why.</summary>
    public const string Failed = "failed";

    /// <summary>Somebody cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It took longer than it may.</summary>
    public const string TimedOut = "timed_out";
}
