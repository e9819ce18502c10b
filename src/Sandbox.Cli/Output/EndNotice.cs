using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Output;

/// <summary>One line that says why a job did not simply exit: the cause, the limit, and how to have more.</summary>
internal static class EndNotice
{
    /// <summary>The line, or null where the exit code says it all.</summary>
    public static string? For(OutputEnd end, ResourceLimits? limits) => end switch
    {
        { Status: "timed_out" } =>
            $"timed out: the limit is {Amount(limits?.WallSeconds, Units.Seconds)}; raise it with --timeout SECONDS",
        { Status: "cancelled" } => "cancelled",
        { Cause: "out_of_memory" } =>
            $"out of memory: the limit is {Amount(limits?.MemoryBytes, Units.Bytes)}; raise it with --memory SIZE",
        { Cause: "output_limit" } =>
            $"too much output: the limit is {Amount(limits?.OutputBytes, Units.Bytes)}; raise it with --output-limit SIZE",
        { Cause: "disk_limit" } =>
            $"disk full: the limit is {Amount(limits?.DiskBytes, Units.Bytes)}; raise it with --disk SIZE",
        { Cause: "process_limit" } =>
            $"too many processes: the limit is {Amount(limits?.Processes, n => $"{n}")}; raise it with --processes N",
        { Cause: "signal" } => $"killed by {end.Signal ?? "a signal"}",
        { Cause: "node_lost" } => "the sandbox was lost with its node; the program may have run in part",
        { Cause: "policy_denied" } => "ended by policy",
        { Cause: "start_failed" } => "the program could not be started",
        { Status: "succeeded" } or { Cause: "exit_code" } => null,
        _ => $"{end.Status}: {end.Cause ?? "no cause is known"}",
    };

    private static string Amount<T>(T? value, Func<T, string> format)
        where T : struct => value is { } known ? format(known) : "that of the server";
}
