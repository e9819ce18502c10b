using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary>The commands, and the way that all of them run: one client, and every failure as one readable message.</summary>
internal static class CommandTree
{
    private const string Description = """
        Runs untrusted code in isolated sandboxes.

        The server is found by SANDBOX_URL and SANDBOX_API_KEY, else by the data folder of a local server (--data,
        SANDBOX_DATA, or .sandbox in the current folder).
        """;

    private const string RootExamples = """
          sandbox run hello.py                      run a file; its output and exit code become yours
          sandbox run hello.py --memory 1G          with more memory
          sandbox jobs ls --status running          what runs now
          sandbox jobs logs job_…                   the output of a job, followed to its end
          id=$(sandbox session new)                 a sandbox that keeps variables and files
          sandbox session exec "$id" 'x = 41'       a step in it; the next one knows x
          sandbox workflow run graph.yaml --watch   many steps that depend on each other
          sandbox template import docker:IMAGE …    sandboxes from an image of yours
          source <(sandbox completion bash)         commands, options and ids by the Tab key

        Exit codes of run and session exec: the program's own; 128+n when signal n killed it; 124 timed out;
        137 out of memory; 130 cancelled or interrupted; 123 the session has ended; 125 when Sandbox itself failed,
        also by what was asked of it. Of every command: 130 after Ctrl-C, 143 after SIGTERM, 141 when nobody reads
        the output any more. audit verify, policy evaluate and workflow run exit with 1 for a no.
        """;

    public static RootCommand Create(CliConsole console) => Create(console, new GlobalOptions());

    private static RootCommand Create(CliConsole console, GlobalOptions globals)
    {
        var root = new RootCommand(Description) { globals.Data, globals.Json, globals.Color };
        var help = root.Options.OfType<HelpOption>().Single();
        var examples = new Examples((HelpAction)help.Action!);
        help.Action = examples;
        examples.Add(root, RootExamples);

        var context = new CommandContext(console, globals, examples);
        root.Add(RunCommand.Create(context));
        root.Add(JobsCommand.Create(context));
        root.Add(SessionCommand.Create(context));
        root.Add(FilesCommand.Create(context));
        root.Add(ServiceCommand.Create(context));
        root.Add(SnapshotsCommand.Create(context));
        root.Add(WorkflowCommand.Create(context));
        root.Add(ArtifactCommand.Create(context));
        root.Add(TemplateCommand.Create(context));
        root.Add(PolicyCommand.Create(context));
        root.Add(SecretCommand.Create(context));
        root.Add(KeysCommand.Create(context));
        root.Add(TenantCommand.Create(context));
        root.Add(UsageCommand.Create(context));
        root.Add(AuditCommand.Create(context));
        root.Add(EventsCommand.Create(context));
        root.Add(WebhookCommand.Create(context));
        root.Add(NodesCommand.Create(context));
        root.Add(BenchCommand.Create(context));
        root.Add(CompletionCommand.Create(context));
        root.Add(VersionCommand.Create(context));
        return root;
    }

    /// <summary>Runs a command line to its exit code.</summary>
    public static async Task<int> Invoke(string[] arguments, CliConsole console, CancellationToken interrupted)
    {
        var globals = new GlobalOptions();
        var parsed = Create(console, globals).Parse(arguments);
        console.Colour(parsed.GetResult(globals.Color)?.Errors.Any() == false ? parsed.GetValue(globals.Color) : null);
        if (parsed.Action is ParseErrorAction mistake)
        {
            foreach (var error in parsed.Errors)
                console.Tell(error.Message);
            foreach (var nearest in Suggestions(parsed, mistake))
                console.ErrorText.WriteLine($"Did you mean: {Printable.Line(nearest)}");
            console.ErrorText.WriteLine("Try --help.");
            return ExitCodes.SandboxFailed;
        }

        var configuration = new InvocationConfiguration
        {
            Output = console.Text,
            Error = console.ErrorText,
            EnableDefaultExceptionHandler = false,
            // Signals are the caller's: it cancels the token and knows the exit code.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, interrupted);
        }
        catch (Exception e) when (Failures.ExitCode(e, interrupted) is { } code)
        {
            Failures.Tell(e, console, globals.HasKey(parsed, console));
            return code;
        }
    }

    // The library writes a sentence, and below it the names that are nearest.
    private static IEnumerable<string> Suggestions(ParseResult parsed, ParseErrorAction mistake)
    {
        using var text = new StringWriter();
        (mistake.ShowTypoCorrections, mistake.ShowHelp) = (true, false);
        parsed.Invoke(new InvocationConfiguration { Output = text, Error = TextWriter.Null, ProcessTerminationTimeout = null });
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static line => !line.Contains(' '))];
    }
}

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    public GlobalOptions() => Color.AcceptOnlyFromAmong("auto", "always", "never");

    public Option<string?> Data { get; } = new("--data")
    {
        Description = "Data folder of the local server.",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>The server that a command line means.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="console">Has the variables.</param>
    /// <param name="standsIn">Whether .sandbox in the current folder is meant where nothing else is named.</param>
    public ServerAddress Server(ParseResult parsed, CliConsole console, bool standsIn = true) =>
        ServerAddress.Find(parsed.GetValue(Data), console.Environment, standsIn);

    /// <summary>Whether the server that a command line means is shown a key.</summary>
    public bool HasKey(ParseResult parsed, CliConsole console)
    {
        try
        {
            return Server(parsed, console).ApiKey is not null;
        }
        catch (CliException)
        {
            // It has taken its address back since.
            return false;
        }
    }

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON as the server's interface has it instead of text.", Recursive = true };

    public Option<string?> Color { get; } = new("--color")
    {
        Description = "When to use colours: auto (on terminals, unless NO_COLOR is set), always or never. Default: auto.",
        HelpName = "WHEN",
        Recursive = true,
    };
}

/// <summary>What the commands are made with.</summary>
internal sealed record CommandContext(CliConsole Console, GlobalOptions Globals, Examples Examples)
{
    /// <summary>The server that the command line means.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="tenant">Tenant to act in; null for the credential's own.</param>
    public SandboxClient Connect(ParseResult parsed, string? tenant = null)
    {
        var server = Globals.Server(parsed, Console);
        // Nobody listens: waiting a little does not change that, and the person waits for the answer.
        return new SandboxClient(server.Url, server.ApiKey, new SandboxClientOptions { TimeProvider = Console.Time, TenantId = tenant, WaitForServer = false });
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(Globals.Json);
}
