using System.CommandLine;
using Sandbox.Cli.Client;
using Sandbox.Cli.Tenants;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox keys …</c>.</summary>
internal static class KeysCommand
{
    private static readonly string[] s_headings = ["ID", "NAME", "ROLE", "AGENT", "KEY", "CREATED", "EXPIRES", "USED"];

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant to act in; for operators.", HelpName = "ID", Recursive = true };
        var command = new Command("keys", "API keys; for admins and operators.") { tenant };
        command.Add(New(context, tenant));
        command.Add(List(context, tenant));
        command.Add(Remove(context, tenant));
        context.Examples.Add(command, """
              key=$(sandbox keys new ci --role member)
              sandbox keys ls
              sandbox keys rm key_…
            """);
        return command;
    }

    private static Command New(CommandContext context, Option<string?> tenant)
    {
        var name = new Argument<string>("NAME") { Description = "What people call it." };
        var role = new Option<string>("--role") { Description = "operator, admin, member or auditor.", HelpName = "ROLE", DefaultValueFactory = _ => "member" };
        var agent = new Option<string?>("--agent") { Description = "The agent that acts with it.", HelpName = "ID" };
        var policy = new Option<string?>("--policy") { Description = "The only policy it may be used under; of members.", HelpName = "NAME" };
        var expires = Durations.Option("--expires", "How long it is good. Default: until it is removed.");
        var command = new Command("new", "Make a key; prints it, this once.") { name, role, agent, policy, expires };
        context.Examples.Add(command, "  key=$(sandbox keys new ci --role member --agent builder --expires 720h)");
        command.SetAction(async (parsed, interrupted) =>
        {
            DateTimeOffset? end = parsed.GetValue(expires) is { } seconds ? context.Console.Time.GetUtcNow().AddSeconds(seconds) : null;
            using var api = context.Connect(parsed);
            var request = new ApiKeyRequest(parsed.GetValue(name)!, parsed.GetValue(role)!, parsed.GetValue(agent), end, parsed.GetValue(policy));
            var reply = await new TenantCalls(api, parsed.GetValue(tenant)).CreateKey(request, interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, reply.Body);
                return 0;
            }

            context.Console.Text.WriteLine(reply.Value.Key);
            context.Console.ErrorText.WriteLine(context.Console.ErrorStyle.Faint($"{reply.Value.Id}: the key is not shown again."));
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context, Option<string?> tenant)
    {
        var limit = new Option<int>("--limit") { Description = "How many, newest first.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Go on after an earlier list.", HelpName = "CURSOR" };
        var command = new Command("ls", "List keys, newest first; never the keys themselves.") { limit, cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox keys ls --tenant acme");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var query = new QueryText().Add("limit", $"{parsed.GetValue(limit)}").Add("cursor", parsed.GetValue(cursor));
            var reply = await new TenantCalls(api, parsed.GetValue(tenant)).ListKeys(query.ToString(), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context, Option<string?> tenant) => RemoveCommand.Create(
        context, "id", "keys", "Remove keys; they open nothing from then on.", "  sandbox keys rm key_…",
        (api, parsed, id, interrupted) => new TenantCalls(api, parsed.GetValue(tenant)).DeleteKey(id, interrupted));

    private static void Show(CliConsole console, ApiKeyPage page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No keys.");
            return;
        }

        TextTable.Write(console, s_headings, [.. page.Items.Select(Row)], -1);
        console.TellOfMore(page.NextCursor);
    }

    private static string[] Row(ApiKey key) =>
    [
        key.Id, Printable.Line(key.Name), Printable.Line(key.Role), Printable.Line(key.AgentId), "…" + Printable.Line(key.LastDigits),
        TextTable.Time(key.CreatedAt), TextTable.Time(key.ExpiresAt), TextTable.Time(key.LastUsedAt),
    ];
}
