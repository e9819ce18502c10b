using System.CommandLine;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Server;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox completion</c>.</summary>
internal static class CompletionCommand
{
    private const string ExamplesText = """
          source <(sandbox completion bash)                   in ~/.bashrc
          source <(sandbox completion zsh)                    in ~/.zshrc, after compinit
          sandbox completion fish > ~/.config/fish/completions/sandbox.fish
          sandbox completion pwsh | Out-String | Invoke-Expression

        For ids the server is asked that SANDBOX_URL, SANDBOX_DATA or --data name, here or where Tab is pressed; never one that
        only lies in the current folder. It is asked for 0.7 seconds at most; SANDBOX_COMPLETION_SECONDS says otherwise, 0 for
        not at all.
        """;

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        var command = new Command("completion", "Print a script that lets a shell complete commands, options, and ids that the server knows.") { shell };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(parsed =>
        {
            var program = System.Environment.ProcessPath ?? throw new CliException("the path of this program is not known.");
            var data = parsed.GetValue(context.Globals.Data) ?? context.Console.Environment.GetValueOrDefault(ServerAddress.DataVariable);
            context.Console.Text.Write(CompletionScripts.Of(parsed.GetValue(shell)!, program, data is null ? null : Path.GetFullPath(data)));
            return 0;
        });
        return command;
    }
}
