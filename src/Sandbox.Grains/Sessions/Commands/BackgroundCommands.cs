using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Runtime;

namespace Sandbox.Grains.Sessions.Commands;

/// <summary>From what is asked for to what a step runs and what its record keeps.</summary>
internal static class BackgroundCommands
{
    /// <summary>The step that a command is, which runs in no context.</summary>
    public static StepSpec ToStep(CommandSpec spec) => new(null, spec.Command, null, string.Empty, spec.Env, spec.Stdin, spec.TimeoutSeconds);

    /// <summary>What is kept of it to its end and afterwards: neither its environment nor its input.</summary>
    public static BackgroundCommand? ToRecord(CommandSpec spec) => SandboxPath.Resolve(spec.Cwd ?? string.Empty) is { } cwd
        ? new BackgroundCommand { Command = spec.Command, Cwd = cwd, KeepStdinOpen = spec.KeepStdinOpen, Terminal = spec.Terminal, EndsAll = spec.EndsAll }
        : null;

    public static Refusal BadCwd { get; } = new(RefusalCodes.InvalidRequest, "The working directory is no path inside the sandbox.", "cwd");

    public static Refusal BehindTheEnd(long total) =>
        new(RefusalCodes.InvalidRequest, $"The output has {total} bytes so far: there is nothing behind them to begin with.", "from");
}
