using System.Text;
using Sandbox.Cli.Output;

namespace Sandbox.Cli.Server;

/// <summary>What the server refused, or why it could not be reached, as text for a person.</summary>
internal static class ProblemText
{
    private const int Unauthorized = 401;
    private const int Gone = 410;

    /// <summary>What a command exits with that fails so.</summary>
    public static int ExitCode(SandboxException e) => e.Status == Gone ? ExitCodes.SessionEnded : ExitCodes.SandboxFailed;

    /// <summary>The problem in one line, one more for each field at fault, and what to do where that is known.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="hasKey">Whether the server was shown a key.</param>
    public static string Of(SandboxException e, bool hasKey) => e switch
    {
        { Failure: SandboxFailure.Unreachable } => $"{e.Message} Start one with `./sandbox up --detach`.",
        { Failure: SandboxFailure.UnknownAnswer } => $"{e.Message} Is SANDBOX_URL right?",
        { Status: Unauthorized } => hasKey
            ? "the server does not accept the key (HTTP 401). Is it of another server, revoked or expired?"
            : "the server asks for a key (HTTP 401). Set SANDBOX_API_KEY, or name the server's data folder with --data.",
        { Failure: SandboxFailure.Refused, Problem: null } => $"the server answered with HTTP {e.Status}",
        { Problem: { } problem } => Of(e.Message, problem),
        _ => e.Message,
    };

    private static string Of(string message, ProblemDocument problem)
    {
        var text = new StringBuilder(message);
        if (problem.Code is not null)
            text.Append(" (").Append(problem.Code).Append(')');
        if (problem.Reason is not null && problem.Detail is not null && problem.Reason != problem.Detail)
            text.Append("\n  reason: ").Append(problem.Reason);
        if (problem.Rule is not null)
            text.Append("\n  rule: ").Append(problem.Rule);
        foreach (var (field, reasons) in problem.Errors ?? [])
        {
            // One alone may be the detail as well.
            foreach (var reason in reasons.Where(reason => reason != problem.Detail))
                text.Append("\n  ").Append(field.Length > 0 ? field : "request").Append(": ").Append(reason);
        }

        return text.ToString();
    }
}
