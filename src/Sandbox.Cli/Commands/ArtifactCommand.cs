using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox artifact …</c>.</summary>
internal static class ArtifactCommand
{
    private const string ExamplesText = """
          id=$(sandbox artifact upload table.csv)
          sandbox artifact ls
          sandbox artifact get "$id" -o copy.csv
          sandbox artifact url "$id" --expires 1h     a link that needs no key
          sandbox artifact url "$id" --revoke-all
          sandbox artifact rm "$id"
        """;

    private static readonly string[] s_headings = ["ID", "NAME", "SIZE", "OWNER", "CREATED", "EXPIRES"];

    private const int NoStatusColumn = -1;

    public static Command Create(CommandContext context)
    {
        var command = new Command("artifact", "Files that are kept: uploads, and what jobs and steps have left.")
        {
            ArtifactTransferCommands.Upload(context),
            List(context),
            ArtifactTransferCommands.Get(context),
            ArtifactUrlCommand.Create(context),
            Remove(context),
        };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var page = new PageOptions("How many, newest first.");
        var command = new Command("ls", "List artifacts, newest first.") { page.Limit, page.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox artifact ls --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Artifacts.ListPageAsync(page.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context) => RemoveCommand.Create(
        context, "id", "artifacts", "Remove artifacts; their links open nothing any more.", "  sandbox artifact rm art_… art_…",
        static (api, id, interrupted) => api.Artifacts.DeleteAsync(id, interrupted),
        known: static async (api, filter, token) => (await api.Artifacts.ListPageAsync(filter, token)).Value.Items.Select(artifact => artifact.Id));

    private static void Show(CliConsole console, Page<Artifact> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No artifacts.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], NoStatusColumn);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(Artifact artifact) =>
    [
        artifact.Id, Printable.Line(artifact.Name), Units.Bytes(artifact.SizeBytes), Printable.Line(artifact.Owner ?? "-"),
        TextTable.Time(artifact.CreatedAt), artifact.ExpiresAt is null ? "-" : TextTable.Time(artifact.ExpiresAt),
    ];
}
