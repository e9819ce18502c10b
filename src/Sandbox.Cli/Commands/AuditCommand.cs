using System.CommandLine;
using Sandbox.Cli.Audit;
using Sandbox.Cli.Client;
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
            using var api = context.Connect(parsed);
            var query = new QueryText().Add("limit", $"{parsed.GetValue(limit)}");
            foreach (var filter in filters)
                query.Add(filter.Name[2..], parsed.GetValue(filter));
            var reply = await api.Call(() => Message("events" + query, parsed.GetValue(tenant)), Wire.Default.AuditPage, interrupted);
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
            using var api = context.Connect(parsed);
            var reply = await api.Call(() => Message("verify", parsed.GetValue(tenant)), Wire.Default.AuditCheck, interrupted);
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
            using var api = context.Connect(parsed);
            var query = new QueryText();
            foreach (var filter in filters)
                query.Add(filter.Name[2..], parsed.GetValue(filter));
            using var response = await api.Send(() => Message("export" + query, parsed.GetValue(tenant)), interrupted);
            await response.Content.CopyToAsync(context.Console.Output, interrupted);
            await context.Console.Output.FlushAsync(interrupted);
            return 0;
        });
        return command;
    }

    private static Option<string?> Filter(string name, string help, string description) =>
        new("--" + name) { Description = description, HelpName = help };

    private static HttpRequestMessage Message(string path, string? tenant) => TenantMessage.To(HttpMethod.Get, "v1/audit/" + path, tenant);

    private static void Show(CliConsole console, AuditPage page)
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
