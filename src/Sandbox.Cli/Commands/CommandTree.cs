using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sandbox.Cli.Client;
using Sandbox.Cli.Output;
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

        Exit codes of run and session exec: the program's own; 128+n when signal n killed it; 124 timed out;
        137 out of memory; 130 cancelled or interrupted; 123 the session has ended; 125 when Sandbox itself failed.
        """;

    public static RootCommand Create(CliConsole console)
    {
        var globals = new GlobalOptions();
        var root = new RootCommand(Description) { globals.Data, globals.Json };
        var help = root.Options.OfType<HelpOption>().Single();
        var examples = new Examples((HelpAction)help.Action!);
        help.Action = examples;
        examples.Add(root, RootExamples);

        var context = new CommandContext(console, globals, examples);
        root.Add(RunCommand.Create(context));
        root.Add(JobsCommand.Create(context));
        root.Add(SessionCommand.Create(context));
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
        root.Add(VersionCommand.Create(context));
        return root;
    }

    /// <summary>Runs a command line to its exit code.</summary>
    // Help and lists are written without an eye on whether somebody still reads.
    private const int BrokenPipe = 32;

    public static async Task<int> Invoke(string[] arguments, CliConsole console, CancellationToken interrupted)
    {
        var parsed = Create(console).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
                console.Tell(error.Message);
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
        catch (CliException e)
        {
            console.Tell(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is BrokenPipeException or IOException { HResult: BrokenPipe })
        {
            return ExitCodes.BrokenPipe;
        }
    }
}

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "Data folder of the local server.",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON instead of text.", Recursive = true };
}

/// <summary>What the commands are made with.</summary>
internal sealed record CommandContext(CliConsole Console, GlobalOptions Globals, Examples Examples)
{
    public ApiClient Connect(ParseResult parsed) =>
        new(ServerAddress.Find(parsed.GetValue(Globals.Data), Console.Environment), Console.Time);

    public bool Json(ParseResult parsed) => parsed.GetValue(Globals.Json);
}
