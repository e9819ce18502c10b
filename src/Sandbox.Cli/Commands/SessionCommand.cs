using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Server;
using Sandbox.Cli.Sessions;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session …</c>.</summary>
internal static class SessionCommand
{
    private const string ExamplesText = """
          id=$(sandbox session new --ttl 2h)
          sandbox session exec "$id" 'x = 41'
          sandbox session exec "$id" 'x + 1'
          sandbox session shell "$id"
          sandbox session cp table.csv "$id":table.csv
          sandbox session ls "$id"
          sandbox session rm "$id"
        """;

    public static Command Create(CommandContext context)
    {
        var command = new Command("session", "Live sandboxes that keep variables and files from step to step.")
        {
            SessionNewCommand.Create(context),
            List(context),
            Show(context),
            SessionExecCommand.Create(context),
            SessionShellCommand.Create(context),
            SessionCommandsCommand.Create(context),
            SessionFileCommands.List(context),
            SessionFileCommands.Copy(context),
            Remove(context),
            Act(context, "pause", "Freeze a session: it keeps its memory and uses no processor.", static (sessions, id, token) => sessions.PauseAsync(id, token)),
            Act(context, "suspend", "Pause a session to disk: it keeps its variables and uses no memory (isolation class strong).", static (sessions, id, token) => sessions.SuspendAsync(id, token)),
            Act(context, "resume", "Let a paused session go on, as its next step does by itself.", static (sessions, id, token) => sessions.ResumeAsync(id, token)),
            Extend(context),
            SessionCopyCommands.Snapshot(context),
            SessionCopyCommands.Fork(context),
        };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    /// <summary>The argument that names a session.</summary>
    public static Argument<string> IdArgument(CommandContext context) => new Argument<string>("ID") { Description = "Id of the session." }.OfSessions(context);

    private static Command List(CommandContext context)
    {
        var status = new Option<string?>("--status") { Description = "Only sessions in this state; ready includes busy.", HelpName = "STATE" };
        status.AcceptOnlyFromAmong("ready", "paused", "expired", "terminated", "failed");
        var metadata = new Option<string[]>("--metadata") { Description = "Only sessions with this label. Repeatable.", HelpName = "KEY=VALUE" };
        var pages = new PageOptions("How many, newest first.", 20);
        var command = new Command("list", "List sessions, newest first, ended ones included; ls lists the files of one.") { status, metadata, pages.Limit, pages.Cursor };
        context.Examples.Add(command, "  sandbox session list --status ready --limit 50");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.ListPageAsync(pages.Filter(parsed, status, metadata), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                ShowPage(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static void ShowPage(CliConsole console, Page<Session> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No sessions.");
            return;
        }

        SessionTable.WriteList(console, page.Items);
        console.TellOfMore(page.NextCursor);
    }

    private static Command Show(CommandContext context)
    {
        var id = IdArgument(context);
        var command = new Command("show", "Show one session.") { id };
        context.Examples.Add(command, "  sandbox session show ses_… --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await ShowOne(context, parsed, await api.Sessions.GetAsync(parsed.GetValue(id)!, interrupted));
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var ids = new Argument<string[]>("ID") { Description = "Ids of sessions.", Arity = ArgumentArity.OneOrMore }.OfSessions(context);
        var command = new Command("rm", "End sessions: what runs in them is killed, their files go. Their steps stay readable.") { ids };
        context.Examples.Add(command, "  sandbox session rm ses_… ses_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            foreach (var id in parsed.GetValue(ids)!)
            {
                await api.Sessions.EndAsync(id, interrupted);
                context.Console.Text.WriteLine(context.Json(parsed) ? $$"""{"id":"{{JsonEncodedText.Encode(id)}}","ended":true}""" : $"{id} ended");
            }

            return 0;
        });
        return command;
    }

    private static Command Act(
        CommandContext context, string name, string description, Func<SessionsClient, string, CancellationToken, Task<Reply<Session>>> act)
    {
        var id = IdArgument(context);
        var command = new Command(name, description) { id };
        context.Examples.Add(command, $"  sandbox session {name} ses_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await act(api.Sessions, parsed.GetValue(id)!, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine($"{reply.Value.Id} {context.Console.TextStyle.Status(reply.Value.Status)}");
            return 0;
        });
        return command;
    }

    private static Command Extend(CommandContext context)
    {
        var id = IdArgument(context);
        var ttl = Durations.Option("--ttl", "How long it shall live from now on.");
        var idle = Durations.Option("--idle", "How long it may be without work; 0 for no bound.");
        var command = new Command("extend", "Change how long a session lives, counted from now.") { id, ttl, idle };
        context.Examples.Add(command, "  sandbox session extend ses_… --ttl 2h");
        command.SetAction(async (parsed, interrupted) =>
        {
            var change = new SessionChange { TtlSeconds = parsed.GetValue(ttl), IdleSeconds = parsed.GetValue(idle) };
            if (change == new SessionChange())
                throw new CliException("nothing to change: name --ttl or --idle.");
            using var api = context.Connect(parsed);
            await ShowOne(context, parsed, await api.Sessions.UpdateAsync(parsed.GetValue(id)!, change, interrupted));
            return 0;
        });
        return command;
    }

    private static async Task ShowOne(CommandContext context, ParseResult parsed, Reply<Session> reply)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            SessionTable.WriteOne(context.Console, reply.Value);
    }
}
