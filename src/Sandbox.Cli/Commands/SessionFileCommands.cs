using System.CommandLine;
using Sandbox.Cli.Server;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session ls</c> and <c>cp</c>.</summary>
internal static class SessionFileCommands
{
    private const string ListExamples = """
          sandbox session ls ses_…
          sandbox session ls ses_… -r data
          sandbox session ls ses_… /tmp --json
        """;

    private const string CopyExamples = """
          sandbox session cp table.csv ses_…:data/table.csv     missing folders are made
          sandbox session cp table.csv ses_…:                   into /workspace
          sandbox session cp ses_…:plot.svg pictures/
          tar c src | sandbox session cp - ses_…:src.tar
          sandbox session cp ses_…:log.txt - | less
        """;

    public static Command List(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var path = new Argument<string?>("PATH") { Description = "A folder or file. Default: /workspace.", Arity = ArgumentArity.ZeroOrOne };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Everything below as well." };
        var command = new Command("ls", "List files of a session.") { id, path, recursive };
        context.Examples.Add(command, ListExamples);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var listing = new FileListing(api.Sessions.Files, context.Console, parsed.GetValue(id)!);
            await listing.Show(parsed.GetValue(path) ?? string.Empty, parsed.GetValue(recursive), context.Json(parsed), interrupted);
            return 0;
        });
        return command;
    }

    public static Command Copy(CommandContext context)
    {
        var source = new Argument<string>("SRC") { Description = "A local file, - for standard input, or ID:PATH." };
        var target = new Argument<string>("DST") { Description = "A local file or folder, - for standard output, or ID:PATH." };
        var command = new Command("cp", "Copy a file into a session or out of it.") { source, target };
        context.Examples.Add(command, CopyExamples);
        command.SetAction(async (parsed, interrupted) =>
        {
            var (from, to) = (parsed.GetValue(source)!, parsed.GetValue(target)!);
            var (fromSession, toSession) = (SessionPath.Parse(from), SessionPath.Parse(to));
            if (fromSession is null == toSession is null)
                throw new CliException("one of the two is a session's file, written ID:PATH.");
            using var api = context.Connect(parsed);
            var copy = new FileCopy(api.Sessions.Files, context.Console);
            if (fromSession is not null)
                await copy.Download(fromSession, to, interrupted);
            else
                await Tell(context, parsed, await copy.Upload(from, toSession!, interrupted));
            return 0;
        });
        return command;
    }

    private static Task Tell(CommandContext context, ParseResult parsed, Reply<WrittenFile> written) =>
        context.Json(parsed) ? JsonText.Write(context.Console.Output, written.Body) : Task.CompletedTask;
}
