using System.CommandLine;
using Sandbox.Cli.Sessions;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session shell</c>.</summary>
internal static class SessionShellCommand
{
    private const string ExamplesText = """
          sandbox session shell ses_…
          sandbox session shell ses_… --terminal build            another one beside it
          sandbox session shell ses_… --terminal py --shell python3

        Ctrl-] leaves the shell running; the same command comes back to it, and so does it by itself when the connection
        breaks. Exits with the shell's exit code.
        """;

    public static Command Create(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var shell = new Option<string?>("--shell") { Description = "Program to run where the terminal is new. Default: bash.", HelpName = "PROGRAM" };
        var terminal = new Option<string?>("--terminal") { Description = "Name of the terminal. Default: main.", HelpName = "NAME" };
        var command = new Command("shell", "A shell in a session, on this terminal.") { id, shell, terminal };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var target = new ShellTarget(parsed.GetValue(id)!, parsed.GetValue(terminal), parsed.GetValue(shell));
            return await new ShellRunner(api.Sessions, context.Console, target).Run(interrupted);
        });
        return command;
    }
}
