using Sandbox.Cli.Output;

namespace Sandbox.Cli.Sessions;

/// <summary>What there is to say of a step beside its output: how it ended, and what became of the variables.</summary>
internal static class StepNotices
{
    /// <param name="end">How it ended.</param>
    /// <param name="step">The step itself; null where the server has none any more.</param>
    public static IEnumerable<string> For(OutputEnd end, Step? step)
    {
        if (step is { FreshKernel: true })
            yield return "the interpreter had ended before this step, which began on a new one: earlier variables are gone, files are not";
        if (step is { StdoutTruncated: true } or { StderrTruncated: true })
            yield return "the output was cut at the session's limit";
        if (OfEnd(end) is { } notice)
            yield return notice;
        if (step is { KernelEnded: true })
            yield return "the interpreter ended with this step: the next one begins on a new one, without earlier variables";
    }

    private static string? OfEnd(OutputEnd end) => end switch
    {
        { Status: "timed_out" } => "timed out; give the step longer with --timeout SECONDS",
        { Status: "interrupted" } => "interrupted",
        { Cause: "session_ended" } => "the session ended before the step did",
        { Cause: "node_lost" } => "the session's sandbox was lost; the step may have run in part",
        { Cause: "out_of_memory" } => "out of memory; make a session with more: `sandbox session new --memory SIZE`",
        { Cause: "output_limit" } => "too much output; make a session with a higher limit: `sandbox session new --output-limit SIZE`",
        { Cause: "disk_limit" } => "disk full; make a session with more: `sandbox session new --disk SIZE`",
        { Cause: "process_limit" } => "too many processes; make a session with more: `sandbox session new --processes N`",
        _ => EndNotice.For(end, limits: null),
    };
}
