using System.CommandLine;
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
        var role = new Option<string>("--role") { Description = "operator, admin, member or auditor.", HelpName = "ROLE", CompletionSources = { "member", "auditor", "admin", "operator" }, DefaultValueFactory = _ => "member" };
        var agent = new Option<string?>("--agent") { Description = "The agent that acts with it.", HelpName = "ID" };
        var policy = new Option<string?>("--policy") { Description = "The only policy it may be used under; of members.", HelpName = "NAME" };
        var expires = Durations.Option("--expires", "How long it is good. Default: until it is removed.");
        var command = new Command("new", "Make a key; prints it, this once.") { name, role, agent, policy, expires };
        context.Examples.Add(command, "  key=$(sandbox keys new ci --role member --agent builder --expires 720h)");
        command.SetAction(async (parsed, interrupted) =>
        {
            DateTimeOffset? end = parsed.GetValue(expires) is { } seconds ? context.Console.Time.GetUtcNow().AddSeconds(seconds) : null;
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var request = new ApiKeyRequest
            {
                Name = parsed.GetValue(name)!,
                Role = parsed.GetValue(role)!,
                AgentId = parsed.GetValue(agent),
                ExpiresAt = end,
                Policy = parsed.GetValue(policy),
            };
            var reply = await api.Keys.CreateAsync(request, interrupted);
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
        var pages = new PageOptions("How many, newest first.");
        var command = new Command("ls", "List keys, newest first; never the keys themselves.") { pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox keys ls --tenant acme");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Keys.ListPageAsync(pages.Read(parsed), interrupted);
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
        static (api, id, interrupted) => api.Keys.DeleteAsync(id, interrupted), tenant,
        known: static async (api, filter, token) => (await api.Keys.ListPageAsync(filter, token)).Value.Items.Select(key => key.Id));

    private static void Show(CliConsole console, Page<ApiKey> page)
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
