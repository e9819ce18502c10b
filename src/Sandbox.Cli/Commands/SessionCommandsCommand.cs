using System.CommandLine;
using Sandbox.Cli.Output;
using Sandbox.Cli.Server;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session commands …</c>: what runs in the background.</summary>
internal static class SessionCommandsCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("commands", "Commands that run in a session's background, terminals included.")
        {
            Start(context), List(context), Logs(context), Signal(context),
        };
        context.Examples.Add(command, """
              n=$(sandbox session commands start ses_… -- python3 -m http.server 8000)
              sandbox session commands logs ses_… "$n" -f
              sandbox session commands signal ses_… "$n"
            """);
        return command;
    }

    private static Command Start(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var words = new Argument<string[]>("COMMAND") { Description = "After --: the program with its arguments.", Arity = ArgumentArity.ZeroOrMore };
        var cwd = new Option<string?>("--cwd") { Description = "Working directory.", HelpName = "PATH" };
        var env = new Option<string[]>("--env", "-e") { Description = "An environment variable of this command. Repeatable.", HelpName = "KEY=VALUE" };
        var timeout = new Option<double?>("--timeout") { Description = "Seconds that it may run. Default: as long as the session lives.", HelpName = "SECONDS" };
        var stdin = new Option<string?>("--stdin") { Description = "Its standard input: a file, or - for this command's own. Default: empty.", HelpName = "FILE" };
        var command = new Command("start", "Start a command and leave it running; prints its number.") { id, words, cwd, env, timeout, stdin };
        context.Examples.Add(command, "  sandbox session commands start ses_… --cwd site -- python3 -m http.server 8000");
        command.SetAction(async (parsed, interrupted) =>
        {
            var (before, argv) = WordsAfterDashes.Split(parsed, id, words);
            if (before.Length != 1 || argv is null or [])
                throw new CliException("name the session, and after -- the command.");
            var input = parsed.GetValue(stdin);
            var request = new CommandRequest
            {
                Command = argv,
                Env = KeyValues.Parse(parsed.GetValue(env)),
                Cwd = parsed.GetValue(cwd),
                Stdin = input is null ? null : await TextInput.Read(input, context.Console, interrupted),
                TimeoutSeconds = parsed.GetValue(timeout),
            };
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.Commands.StartAsync(before[0], request, cancellationToken: interrupted);
            await Print(context, parsed, reply, $"{reply.Value.Number}");
            return reply.Value.HasEnded ? ExitCodes.Of(reply.Value) : 0;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var pages = new PageOptions("How many, oldest first.", 100);
        var command = new Command("ls", "List them, ended ones included.") { id, pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox session commands ls ses_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.Commands.ListPageAsync(parsed.GetValue(id)!, pages.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                CommandTable.Write(context.Console, reply.Value.Items);
            return 0;
        });
        return command;
    }

    private static Command Logs(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var number = Number();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the command ends, and exit with its exit code." };
        var stream = new Option<string>("--stream") { Description = "Which stream.", HelpName = "STREAM", DefaultValueFactory = _ => "both" };
        stream.AcceptOnlyFromAmong("stdout", "stderr", "both");
        var from = new Option<long>("--from") { Description = "Bytes to pass over.", HelpName = "OFFSET" };
        var command = new Command("logs", "The output of one, byte for byte.") { id, number, follow, stream, from };
        context.Examples.Add(command, "  sandbox session commands logs ses_… 3 -f");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var (session, which) = (parsed.GetValue(id)!, parsed.GetValue(number));
            await new CommandLog(api.Sessions.Commands, context.Console).Show(
                session, which, parsed.GetValue(stream)!, parsed.GetValue(from), parsed.GetValue(follow), interrupted);
            return parsed.GetValue(follow) ? ExitCodes.Of((await api.Sessions.Commands.GetAsync(session, which, interrupted)).Value) : 0;
        });
        return command;
    }

    private static Command Signal(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var number = Number();
        var signal = new Argument<string>("SIGNAL") { Description = "Name of the signal. Default: SIGTERM.", DefaultValueFactory = _ => "SIGTERM" };
        var command = new Command("signal", "Send a signal to one's processes; SIGKILL ends them all.") { id, number, signal };
        context.Examples.Add(command, "  sandbox session commands signal ses_… 3 SIGINT");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.Commands.SignalAsync(parsed.GetValue(id)!, parsed.GetValue(number), parsed.GetValue(signal)!, interrupted);
            await Print(context, parsed, reply, $"{reply.Value.Number} {context.Console.TextStyle.Status(reply.Value.Status)}");
            return 0;
        });
        return command;
    }

    private static Argument<long> Number() => new("NUMBER") { Description = "Number of the command." };

    private static async Task Print(CommandContext context, ParseResult parsed, Reply<BackgroundCommand> reply, string text)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            context.Console.Text.WriteLine(text);
    }
}
