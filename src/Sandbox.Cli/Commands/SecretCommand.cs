using System.CommandLine;
using Sandbox.Cli.Secrets;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox secret …</c>.</summary>
internal static class SecretCommand
{
    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant to act in; for operators.", HelpName = "ID", Recursive = true };
        var command = new Command("secret", "What jobs and sessions are given, or hosts are sent for them, and nobody reads again.") { tenant };
        command.Add(Set(context, tenant));
        command.Add(List(context, tenant));
        command.Add(Remove(context, tenant));
        context.Examples.Add(command, """
              sandbox secret set DATABASE_URL < url.txt
              sandbox secret set API_KEY --host api.example.com       asks for the value; sandboxes never see it
              sandbox run --secret DATABASE_URL report.py             where the policy's secrets have it
            """);
        return command;
    }

    private static Command Set(CommandContext context, Option<string?> tenant)
    {
        var name = new Argument<string>("NAME") { Description = "Name of the secret, and of its variable." };
        var file = new Argument<string?>("FILE") { Description = "A file that is the value, or - for standard input. Default: asks for it.", Arity = ArgumentArity.ZeroOrOne };
        var kind = new Option<string?>("--as") { Description = "environment (the default), file, or header.", HelpName = "KIND" };
        kind.AcceptOnlyFromAmong("environment", "file", "header");
        var hosts = new Option<string[]>("--host") { Description = "A host that is sent it as a header. Repeatable.", HelpName = "HOST" };
        var header = new Option<string?>("--header") { Description = "The header, with {} where the value goes. Default: 'Authorization: Bearer {}'.", HelpName = "TEXT" };
        var command = new Command("set", "Store a secret; for admins and operators. The value is never on the command line.") { name, file, kind, hosts, header };
        context.Examples.Add(command, """
              sandbox secret set API_KEY                              asks, and shows nothing
              printf %s "$key" | sandbox secret set API_KEY
              sandbox secret set TLS_KEY key.pem --as file            programs find its path in $TLS_KEY_FILE
              sandbox secret set GITHUB --host api.github.com --header 'Authorization: token {}'
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            var value = await SecretInput.Read(parsed.GetValue(file), context.Console, interrupted);
            var request = new SecretRequest
            {
                ValueBase64 = value,
                As = parsed.GetValue(kind),
                Hosts = parsed.GetValue(hosts) is { Length: > 0 } named ? named : null,
                Header = parsed.GetValue(header),
            };
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Secrets.SetAsync(parsed.GetValue(name)!, request, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine($"{Printable.Line(reply.Value.Name)} is at version {reply.Value.Version}");
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context, Option<string?> tenant)
    {
        var pages = new PageOptions("How many, in the order of their names.");
        var command = new Command("ls", "List secrets, without values.") { pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox secret ls --tenant acme");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Secrets.ListPageAsync(pages.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                SecretTable.Write(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context, Option<string?> tenant) => RemoveCommand.Create(
        context, "name", "secrets", "Remove secrets and destroy their keys.", "  sandbox secret rm API_KEY",
        static (api, name, interrupted) => api.Secrets.DeleteAsync(name, interrupted), tenant,
        known: static async (api, filter, token) => (await api.Secrets.ListPageAsync(filter, token)).Value.Items.Select(secret => secret.Name));
}
