using System.Globalization;

namespace Sandbox.Cli.Output;

/// <summary>Exit codes of the CLI: the program's own where it has one, and the shell's conventions where it has not.</summary>
internal static class ExitCodes
{
    public const int SessionEnded = 123;
    public const int TimedOut = 124;
    public const int SandboxFailed = 125;
    public const int Interrupted = 130;
    public const int OutOfMemory = 137;
    public const int BrokenPipe = 141;
    private const int SignalBase = 128;

    // By number: the names that the kernel gives to the standard signals on Linux.
    private static readonly string[] s_signals =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static int Of(Job job) => Of(new OutputEnd { Status = job.Status, Cause = job.Cause, ExitCode = job.ExitCode, Signal = job.Signal });

    public static int Of(Step step) => Of(new OutputEnd { Status = step.Status, Cause = step.Cause, ExitCode = step.ExitCode, Signal = step.Signal });

    public static int Of(BackgroundCommand command) =>
        Of(new OutputEnd { Status = command.Status, Cause = command.Cause, ExitCode = command.ExitCode, Signal = command.Signal });

    public static int Of(OutputEnd end) => end switch
    {
        { Status: "succeeded" } => end.ExitCode ?? 0,
        { Status: "cancelled" or "interrupted" } => Interrupted,
        { Cause: "session_ended" } => SessionEnded,
        { Status: "timed_out" } => TimedOut,
        { Cause: "out_of_memory" } => OutOfMemory,
        { Cause: "signal" } => SignalBase + SignalNumber(end.Signal),
        // The program reported the full disk or the refused process itself, by its own exit code.
        { Cause: "exit_code" or "disk_limit" or "process_limit", ExitCode: { } code and not 0 } => code,
        _ => SandboxFailed,
    };

    private static int SignalNumber(string? name)
    {
        if (name is null)
            return 0;
        if (int.TryParse(name, CultureInfo.InvariantCulture, out var number))
            return number;
        var bare = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        return Math.Max(0, Array.IndexOf(s_signals, bare));
    }
}
