using System.CommandLine;
using Sandbox.Cli.Client;
using Sandbox.Cli.Tenants;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox tenant …</c>.</summary>
internal static class TenantCommand
{
    private static readonly string[] s_headings = ["ID", "NAME", "CREATED"];

    public static Command Create(CommandContext context)
    {
        var command = new Command("tenant", "Tenants, the boundary of every resource; for operators.") { New(context), List(context), TenantQuotasCommand.Create(context) };
        context.Examples.Add(command, """
              sandbox tenant new acme --name 'Acme Ltd.'
              sandbox tenant ls
              sandbox tenant quotas acme --set concurrentSandboxes=10
            """);
        return command;
    }

    private static Command New(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "Its id: a-z, 0-9, _ and -." };
        var name = new Option<string?>("--name") { Description = "What people call it; else its id.", HelpName = "TEXT" };
        var command = new Command("new", "Make a tenant; prints its id.") { id, name };
        context.Examples.Add(command, "  sandbox tenant new acme --name 'Acme Ltd.'");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var wanted = parsed.GetValue(id)!;
            var reply = await new TenantCalls(api).Create(new TenantRequest(wanted, parsed.GetValue(name) ?? wanted), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(reply.Value.Id);
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var limit = new Option<int>("--limit") { Description = "How many.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Go on after an earlier list.", HelpName = "CURSOR" };
        var command = new Command("ls", "List tenants.") { limit, cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox tenant ls --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var query = new QueryText().Add("limit", $"{parsed.GetValue(limit)}").Add("cursor", parsed.GetValue(cursor));
            var reply = await new TenantCalls(api).List(query.ToString(), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static void Show(CliConsole console, TenantPage page)
    {
        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], -1);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(Tenant tenant) => [Printable.Line(tenant.Id), Printable.Line(tenant.Name), TextTable.Time(tenant.CreatedAt)];
}
