using System.CommandLine;
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
            var reply = await api.Tenants.CreateAsync(new TenantRequest { Id = wanted, Name = parsed.GetValue(name) ?? wanted }, interrupted);
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
        var pages = new PageOptions("How many.");
        var command = new Command("ls", "List tenants.") { pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox tenant ls --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Tenants.ListPageAsync(pages.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static void Show(CliConsole console, Page<Tenant> page)
    {
        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], -1);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(Tenant tenant) => [Printable.Line(tenant.Id), Printable.Line(tenant.Name), TextTable.Time(tenant.CreatedAt)];
}
