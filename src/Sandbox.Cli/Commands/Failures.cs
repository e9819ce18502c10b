using System.Net.WebSockets;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary>What a command that fails exits with, and what it says.</summary>
internal static class Failures
{
    /// <summary>The exit code; null for what only a mistake in this program explains.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="interrupted">Whether the person ended it.</param>
    public static int? ExitCode(Exception e, CancellationToken interrupted) => e switch
    {
        SandboxException refused => ProblemText.ExitCode(refused),
        OperationCanceledException when interrupted.IsCancellationRequested => ExitCodes.Interrupted,
        _ when IsBrokenPipe(e) => ExitCodes.BrokenPipe,
        CliException or ArgumentException or IOException or UnauthorizedAccessException or HttpRequestException or WebSocketException => ExitCodes.SandboxFailed,
        _ => null,
    };

    /// <summary>Says it to the person, where there is something to say.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="console">Where to.</param>
    /// <param name="hasKey">Whether the server was shown a key.</param>
    public static void Tell(Exception e, CliConsole console, bool hasKey)
    {
        if (e is OperationCanceledException || IsBrokenPipe(e))
            return;
        try
        {
            console.Tell(e is SandboxException refused ? ProblemText.Of(refused, hasKey) : e.Message);
        }
        catch (IOException)
        {
            // Nobody reads that either; the exit code says it.
        }
    }

    // Help and lists are written without an eye on whether somebody still reads.
    private static bool IsBrokenPipe(Exception e) => e is BrokenPipeException || (e is IOException io && BrokenPipeException.Is(io));
}
