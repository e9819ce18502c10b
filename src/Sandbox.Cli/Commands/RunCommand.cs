using System.CommandLine;
using Sandbox.Cli.Jobs;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox run</c>.</summary>
internal static class RunCommand
{
    private const string ExamplesText = """
          sandbox run hello.py
          sandbox run primes.py -- 100                          arguments for the program
          echo 'print(6 * 7)' | sandbox run --language python -
          cat table.csv | sandbox run --stdin sum.py            standard input for the program
          sandbox run --file table.csv --env YEAR=2026 sum.py   files and variables
          sandbox run --artifact '*.svg' --output pictures plot.py
          sandbox run --isolation strong --memory 1G --timeout 60 unknown.js
          sandbox run --json hello.py                           the whole job as JSON when it has ended
        """;

    public static Command Create(CommandContext context)
    {
        var options = new RunOptions();
        var command = new Command("run", "Run a file in a sandbox: its output and its exit code become this command's.");
        options.AddTo(command);
        context.Examples.Add(command, ExamplesText);
        command.SetAction(async (parsed, interrupted) =>
        {
            var order = await Read(options, parsed, context, interrupted);
            using var api = context.Connect(parsed);
            return await new JobRunner(api, context.Console).Run(order, interrupted);
        });
        return command;
    }

    private static async Task<RunOrder> Read(RunOptions options, ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        options.RefuseUnknown(parsed);
        var file = parsed.GetValue(options.File)!;
        var forwardsInput = parsed.GetValue(options.Stdin);
        if (forwardsInput && file == TextInput.Standard)
            throw new CliException("standard input cannot be both the code (-) and the program's input (--stdin).");

        // Editors on some systems begin a file with a byte order mark, which no interpreter wants.
        var code = (await TextInput.Read(file, context.Console, cancellationToken)).TrimStart('\uFEFF');
        var request = new JobRequest
        {
            Language = parsed.GetValue(options.Language) ?? Languages.Guess(file, code),
            Code = code,
            Files = WorkspaceFiles.Read(parsed.GetValue(options.Files) ?? []),
            Stdin = forwardsInput ? await TextInput.Read(TextInput.Standard, context.Console, cancellationToken) : null,
            Args = NullIfEmpty<string>([.. parsed.GetValue(options.Arg) ?? [], .. parsed.GetValue(options.Arguments) ?? []]),
            Env = KeyValues.Parse(parsed.GetValue(options.Env)),
            Isolation = parsed.GetValue(options.Isolation),
            Limits = options.Limits.Read(parsed),
            Artifacts = NullIfEmpty<string>(parsed.GetValue(options.Artifacts) ?? []),
            Metadata = KeyValues.Parse(parsed.GetValue(options.Metadata)),
            Template = parsed.GetValue(options.Template),
            Policy = parsed.GetValue(options.Policy),
            Secrets = NullIfEmpty<string>(parsed.GetValue(options.Secrets) ?? []),
        };
        return new RunOrder(
            request,
            context.Json(parsed),
            parsed.GetValue(options.Detach),
            request.Artifacts is null ? null : Folder(parsed.GetValue(options.Output)));
    }

    private static ArtifactFolder Folder(string? named) => new(named ?? ".", IsTheirs: named is not null);

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T> items) => items.Count == 0 ? null : items;
}
