using System.CommandLine;
using Sandbox.Cli.Jobs;
using Sandbox.Cli.Server;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session exec</c>: one step.</summary>
internal sealed class SessionExecCommand
{
    private const string ExamplesText = """
          sandbox session exec ses_… 'x = 41'
          sandbox session exec ses_… 'x + 1'                    the value of the last expression is printed
          sandbox session exec ses_… --file train.py --timeout 600
          echo 'print(x)' | sandbox session exec ses_… -
          sandbox session exec ses_… --stdin table.csv --file sum.py
          sandbox session exec ses_… --context shell -- ls -l   a command instead of code

        Exits with the step's exit code. Ctrl-C interrupts the step; variables stay.
        """;

    private readonly Argument<string> _id;

    private readonly Argument<string[]> _words = new("CODE")
    {
        Description = "The code, or - to read it from standard input; after --, a command with its arguments.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _file = new("--file", "-f") { Description = "Read the code from a file.", HelpName = "FILE" };
    private readonly Option<string?> _language = new("--language", "-l") { Description = "Language of the code. Default: told by the file's name, else the session's.", HelpName = "NAME", CompletionSources = { "python", "javascript", "bash" } };
    private readonly Option<string?> _context = new("--context") { Description = "Steps of one context run in order and share variables; different ones run side by side.", HelpName = "NAME" };
    private readonly Option<double?> _timeout = new("--timeout") { Description = "Seconds that it may run.", HelpName = "SECONDS" };
    private readonly Option<string[]> _env = new("--env", "-e") { Description = "An environment variable of this step. Repeatable.", HelpName = "KEY=VALUE" };
    private readonly Option<string?> _stdin = new("--stdin") { Description = "Standard input of the step: a file, or - for this command's own. Default: empty.", HelpName = "FILE" };

    private SessionExecCommand(CommandContext context) => _id = SessionCommand.IdArgument(context);

    public static Command Create(CommandContext context)
    {
        var exec = new SessionExecCommand(context);
        var command = new Command("exec", "Run code or a command in a session: its output and its exit code become this command's.")
        {
            exec._id, exec._words, exec._file, exec._language, exec._context, exec._timeout, exec._env, exec._stdin,
        };
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var (id, request) = await exec.Read(parsed, context.Console, interrupted);
            using var api = context.Connect(parsed);
            return await new StepRunner(api.Sessions.Steps, context.Console, id).Run(request, context.Json(parsed), interrupted);
        });
        return command;
    }

    private async Task<(string Id, StepRequest Request)> Read(ParseResult parsed, CliConsole console, CancellationToken cancellationToken)
    {
        var (before, command) = WordsAfterDashes.Split(parsed, _id, _words);
        if (before.Length == 0)
            throw new CliException("the session's id goes before --.");
        var (file, stdin, language) = (parsed.GetValue(_file), parsed.GetValue(_stdin), parsed.GetValue(_language));
        CheckChoice(before.Length - 1, file, command, language);

        var source = file ?? (before.Length > 1 && before[1] == TextInput.Standard ? TextInput.Standard : null);
        if (source == TextInput.Standard && stdin == TextInput.Standard)
            throw new CliException("standard input cannot be both the code and the step's input (--stdin -).");
        var code = source is null ? before.ElementAtOrDefault(1) : (await TextInput.Read(source, console, cancellationToken)).TrimStart('\uFEFF');
        return (before[0], new StepRequest
        {
            Code = code,
            Command = command,
            Language = language ?? (source is null ? null : Languages.TryGuess(source, code!)),
            Context = parsed.GetValue(_context),
            Env = KeyValues.Parse(parsed.GetValue(_env)),
            Stdin = stdin is null ? null : await TextInput.Read(stdin, console, cancellationToken),
            TimeoutSeconds = parsed.GetValue(_timeout),
        });
    }

    private static void CheckChoice(int words, string? file, string[]? command, string? language)
    {
        if (words > 1)
            throw new CliException("the code is one word: quote it. A command goes after --.");
        if (words + (file is null ? 0 : 1) + (command is null ? 0 : 1) != 1 || command is [])
            throw new CliException("name one of: CODE, - for code on standard input, --file FILE, or -- COMMAND.");
        if (command is not null && language is not null)
            throw new CliException("--language goes with code, not with a command.");
    }
}
