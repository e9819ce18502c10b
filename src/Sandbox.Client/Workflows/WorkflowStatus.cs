namespace Sandbox.Client;

/// <summary>States of a workflow. Later servers may have more.</summary>
public static class WorkflowStatus
{
    /// <summary>Steps run or wait.</summary>
    public const string Running = "running";

    /// <summary>It ends what still runs.</summary>
    public const string Stopping = "stopping";

    /// <summary>Every step succeeded or was skipped.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>A step did not succeed.</summary>
    public const string Failed = "failed";

    /// <summary>Somebody cancelled it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>It took longer than it may.</summary>
    public const string TimedOut = "timed_out";
}

/// <summary>A step of a workflow has changed its state.</summary>
public sealed record StepChange
{
    /// <summary>Name of the step within the workflow.</summary>
    public string Step { get => field ?? string.Empty; init; }

    /// <summary>State: pending, running, retrying, succeeded, failed, cancelled, timed_out or skipped.</summary>
    public string Status { get => field ?? string.Empty; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Number of the attempt, from 1.</summary>
    public int? Attempt { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public string? Cause { get; init; }

    /// <summary>One sentence about the cause.</summary>
    public string? Detail { get; init; }

    /// <summary>Exit code, where there is one.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Job of the attempt.</summary>
    public string? JobId { get; init; }
}
