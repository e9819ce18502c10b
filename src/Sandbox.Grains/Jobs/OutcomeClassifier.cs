using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Protocol;
using Sandbox.Runtime;

namespace Sandbox.Grains.Jobs;

/// <summary>Turns what the agent and the kernel counted into a status and a cause. Pure.</summary>
internal static class OutcomeClassifier
{
    private static readonly string[] SignalNames =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN",
        "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The outcome of an execution that ended.</summary>
    /// <param name="result">What the agent says.</param>
    /// <param name="kills">Processes that the kernel killed for memory during the execution.</param>
    /// <param name="processLimitReached">Whether the process limit was reached.</param>
    public static JobOutcome Classify(ExecResult result, long kills, bool processLimitReached)
    {
        var (status, cause) = StatusAndCause(result, kills, processLimitReached);
        return new JobOutcome
        {
            Status = status,
            Cause = cause,
            ExitCode = result.Signal is null && result.StartError is null ? result.ExitCode : null,
            Signal = result.Signal is { } signal ? NameOf(signal) : null,
            StdoutTruncated = result.StdoutTruncated,
            StderrTruncated = result.StderrTruncated,
        };
    }

    /// <summary>The outcome of an execution whose sandbox died, by its cgroup where that is left.</summary>
    public static JobOutcome ClassifyLost(SandboxUsage? usage, SandboxUsage? before) =>
        usage is not null && usage.OomKills > (before?.OomKills ?? 0)
            ? new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.OutOfMemory }
            : JobOutcome.Lost;

    private static (JobStatus Status, string? Cause) StatusAndCause(ExecResult result, long kills, bool processLimitReached)
    {
        if (result.StartError is not null)
            return (JobStatus.Failed, JobCauses.StartFailed);
        switch (result.EndedBy)
        {
            case ExecEnd.Timeout:
                return (JobStatus.TimedOut, JobCauses.Timeout);
            case ExecEnd.OutputLimit:
                return (JobStatus.Failed, JobCauses.OutputLimit);
            case ExecEnd.Killed:
                return (JobStatus.Cancelled, JobCauses.Cancelled);
        }

        if (result is { ExitCode: 0, Signal: null })
            return (JobStatus.Succeeded, null);
        // The program failed; a limit that it ran into is a better answer than the number it failed with.
        if (kills > 0)
            return (JobStatus.Failed, JobCauses.OutOfMemory);
        if (result.DiskFull)
            return (JobStatus.Failed, JobCauses.DiskLimit);
        if (processLimitReached)
            return (JobStatus.Failed, JobCauses.ProcessLimit);
        return (JobStatus.Failed, result.Signal is null ? JobCauses.ExitCode : JobCauses.Signal);
    }

    private static string NameOf(int signal) =>
        signal > 0 && signal < SignalNames.Length ? SignalNames[signal] : $"SIG{signal}";
}
