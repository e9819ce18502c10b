using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox audit …</c>.</summary>
internal static class AuditCommand
{
    private const int Broken = 1;

    private static readonly string[] s_headings = ["SEQUENCE", "TIME", "ACTOR", "ACTION", "RESOURCE", "OUTCOME", "CAUSE"];

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant whose record it is; for operators.", HelpName = "ID", Recursive = true };
        var command = new Command("audit", "The audit record; for auditors, admins and operators.") { tenant };
        command.Add(List(context, tenant));
        command.Add(Verify(context, tenant));
        command.Add(Export(context, tenant));
        context.Examples.Add(command, """
              sandbox audit ls --action job.denied
              sandbox audit verify
              sandbox audit export > audit.ndjson
            """);
        return command;
    }

    private static Command List(CommandContext context, Option<string?> tenant)
    {
        Option<string?>[] filters =
        [
            Filter("from", "TIME", "From this time on."), Filter("to", "TIME", "Before this time."), Filter("actor", "ID", "Id of the acting agent."),
            Filter("action", "NAME", "Such as job.submitted."), Filter("resource", "ID", "Id of the resource."),
            Filter("outcome", "NAME", "allowed, denied, succeeded or failed."), Filter("cursor", "CURSOR", "Go on after an earlier list."),
        ];
        var limit = new Option<int>("--limit") { Description = "How many, newest first.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command("ls", "List events, newest first.") { limit };
        foreach (var filter in filters)
            command.Add(filter);
        context.Examples.Add(command, "  sandbox audit ls --resource ses_… --from 2026-01-31");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Audit.ListPageAsync(Read(parsed, filters) with { PageSize = parsed.GetValue(limit) }, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Verify(CommandContext context, Option<string?> tenant)
    {
        var command = new Command("verify", "Check the chain of hashes; exit code 1 where it is not as it was written.");
        context.Examples.Add(command, "  sandbox audit verify --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Audit.VerifyAsync(interrupted);
            var found = reply.Value;
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else if (found.Valid)
                context.Console.Text.WriteLine($"valid: {found.Events} events, head {Printable.Line(found.Head.Hash)}");
            else
                context.Console.Text.WriteLine($"broken at {found.BrokenAt}: {Printable.Line(found.Reason ?? string.Empty)}");
            return found.Valid ? 0 : Broken;
        });
        return command;
    }

    private static Command Export(CommandContext context, Option<string?> tenant)
    {
        Option<string?>[] filters =
        [
            Filter("from", "TIME", "From this time on."), Filter("to", "TIME", "Before this time."), Filter("cursor", "SEQUENCE", "Go on after this sequence."),
        ];
        var command = new Command("export", "Write all events as lines of JSON, oldest first.");
        foreach (var filter in filters)
            command.Add(filter);
        context.Examples.Add(command, "  sandbox audit export --cursor 1200 >> audit.ndjson");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            await using var export = await api.Audit.OpenExportAsync(Read(parsed, filters), interrupted);
            await export.CopyToAsync(context.Console.Output, cancellationToken: interrupted);
            return 0;
        });
        return command;
    }

    private static Option<string?> Filter(string name, string help, string description) =>
        new("--" + name) { Description = description, HelpName = help };

    private static AuditFilter Read(ParseResult parsed, Option<string?>[] filters)
    {
        return new AuditFilter
        {
            From = Value("--from"), To = Value("--to"), Actor = Value("--actor"), Action = Value("--action"), Resource = Value("--resource"), Outcome = Value("--outcome"), Cursor = Value("--cursor"),
        };

        string? Value(string name) => Array.Find(filters, filter => filter.Name == name) is { } option ? parsed.GetValue(option) : null;
    }

    private static void Show(CliConsole console, Page<AuditItem> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No events.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], -1);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(AuditItem item) =>
    [
        $"{item.Sequence}", TextTable.Time(item.Event.Time), Printable.Line(item.Event.Actor?.AgentId ?? string.Empty), Printable.Line(item.Event.Action),
        Printable.Line(item.Event.Resource?.Id ?? string.Empty), Printable.Line(item.Event.Outcome), Printable.Line(item.Event.Cause ?? string.Empty),
    ];
}
