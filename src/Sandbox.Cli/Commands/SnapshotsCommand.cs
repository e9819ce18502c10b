using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox snapshots …</c>.</summary>
internal static class SnapshotsCommand
{
    private const string ExamplesText = """
          sandbox snapshots ls --session ses_…
          sandbox snapshots rm snp_… snp_…
        """;

    private static readonly string[] s_headings = ["ID", "NAME", "SESSION", "MEMORY", "SIZE", "CREATED", "EXPIRES"];
    private const int MemoryColumn = 3;

    public static Command Create(CommandContext context)
    {
        var command = new Command("snapshots", "Kept sessions, to begin new ones with; sandbox session snapshot makes one.") { List(context), Remove(context) };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var session = new Option<string?>("--session") { Description = "Only snapshots of this session.", HelpName = "ID" };
        var metadata = new Option<string[]>("--metadata") { Description = "Only snapshots with this label. Repeatable.", HelpName = "KEY=VALUE" };
        var pages = new PageOptions("How many, newest first.", 20);
        var command = new Command("ls", "List snapshots, newest first.") { session, metadata, pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox snapshots ls --session ses_… --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            var filter = new SnapshotFilter
            {
                PageSize = parsed.GetValue(pages.Limit),
                Cursor = parsed.GetValue(pages.Cursor),
                SessionId = parsed.GetValue(session),
                Metadata = KeyValues.Parse(parsed.GetValue(metadata)),
            };
            using var api = context.Connect(parsed);
            var reply = await api.Snapshots.ListPageAsync(filter, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context) => RemoveCommand.Create(
        context, "id", "snapshots", "Remove snapshots; sessions that began with them stay.", "  sandbox snapshots rm snp_… snp_…",
        static (api, id, interrupted) => api.Snapshots.DeleteAsync(id, interrupted),
        known: static async (api, _, token) => (await api.Snapshots.ListPageAsync(cancellationToken: token)).Value.Items.Select(snapshot => snapshot.Id));

    private static void Show(CliConsole console, Page<Snapshot> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No snapshots.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], MemoryColumn);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(Snapshot snapshot) =>
    [
        snapshot.Id, Printable.Line(snapshot.Name ?? "-"), snapshot.SessionId, snapshot.Memory ? "yes" : "no", Units.Bytes(snapshot.SizeBytes),
        TextTable.Time(snapshot.CreatedAt), TextTable.Time(snapshot.ExpiresAt),
    ];
}
