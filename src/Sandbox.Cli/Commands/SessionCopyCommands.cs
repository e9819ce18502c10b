using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox session snapshot</c> and <c>sandbox session fork</c>.</summary>
internal static class SessionCopyCommands
{
    public static Command Snapshot(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var name = new Option<string?>("--name") { Description = "A name for people.", HelpName = "NAME" };
        var memory = Memory("Keep variables and processes, too, and not the files alone (isolation class strong).");
        var ttl = Durations.Option("--ttl", "How long it is kept. Default: until it is removed.");
        var metadata = Metadata("A label to find the snapshot by. Repeatable.");
        var command = new Command("snapshot", "Keep the files of a session, to begin new ones with; prints the snapshot's id.") { id, name, memory, ttl, metadata };
        context.Examples.Add(command, """
              snp=$(sandbox session snapshot ses_… --name 'after set-up')
              sandbox session new --snapshot "$snp"
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            var request = new SnapshotRequest
            {
                Name = parsed.GetValue(name),
                Memory = parsed.GetValue(memory) ? true : null,
                TtlSeconds = parsed.GetValue(ttl),
                Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
            };
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.SnapshotAsync(parsed.GetValue(id)!, request, cancellationToken: interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(reply.Value.Id);
            TellSkipped(context, reply.Value.Skipped);
            return 0;
        });
        return command;
    }

    public static Command Fork(CommandContext context)
    {
        var id = SessionCommand.IdArgument(context);
        var count = new Option<int?>("--count", "-n") { Description = "How many. Default: 1.", HelpName = "N" };
        var memory = Memory("With variables and processes, too, and not the files alone (isolation class strong).");
        var ttl = Durations.Option("--ttl", "How long each lives. Default: as the session.");
        var metadata = Metadata("A label of the new sessions. Repeatable.");
        var command = new Command("fork", "Make new sessions that begin as this one is now, all or none; prints their ids.") { id, count, memory, ttl, metadata };
        context.Examples.Add(command, "  sandbox session fork ses_… --count 5 --memory");
        command.SetAction(async (parsed, interrupted) =>
        {
            var request = new ForkRequest
            {
                Count = parsed.GetValue(count),
                Memory = parsed.GetValue(memory) ? true : null,
                TtlSeconds = parsed.GetValue(ttl),
                Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
            };
            using var api = context.Connect(parsed);
            var reply = await api.Sessions.ForkAsync(parsed.GetValue(id)!, request, cancellationToken: interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, reply.Body);
                return 0;
            }

            foreach (var session in reply.Value.Items)
                context.Console.Text.WriteLine(session.Id);
            TellSkipped(context, reply.Value.Skipped ?? 0);
            return 0;
        });
        return command;
    }

    private static Option<bool> Memory(string description) => new("--memory") { Description = description };

    private static void TellSkipped(CommandContext context, long skipped)
    {
        if (skipped > 0)
            context.Console.Tell($"{skipped} files were left out: sockets, pipes, and what the code shut itself out of.");
    }

    private static Option<string[]> Metadata(string description) => new("--metadata") { Description = description, HelpName = "KEY=VALUE" };
}
