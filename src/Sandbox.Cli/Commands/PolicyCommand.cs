using System.CommandLine;
using Sandbox.Cli.Policies;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox policy …</c>.</summary>
internal static class PolicyCommand
{
    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant to act in; for operators.", HelpName = "ID", Recursive = true };
        var command = new Command("policy", "What the tenant's jobs and sessions may do. The policy default applies where none is named.") { tenant };
        command.Add(PolicySetCommand.Create(context, tenant));
        command.Add(Get(context, tenant));
        command.Add(List(context, tenant));
        command.Add(Versions(context, tenant));
        command.Add(Remove(context, tenant));
        command.Add(PolicyEvaluateCommand.Create(context, tenant));
        context.Examples.Add(command, """
              echo '{"languages": ["python"], "limits": {"memoryBytes": 268435456}}' | sandbox policy set default -
              sandbox policy get default > policy.json
              sandbox policy evaluate default job.json
            """);
        return command;
    }

    public static Argument<string> Name() => new("NAME") { Description = "Name of the policy." };

    private static Command Get(CommandContext context, Option<string?> tenant)
    {
        var name = Name();
        var version = new Option<int?>("--version") { Description = "A version by its number. Default: the present one.", HelpName = "N" };
        var command = new Command("get", "Print the document of a policy; with --json, all that is known of it.") { name, version };
        context.Examples.Add(command, "  sandbox policy get default --version 3");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await (parsed.GetValue(version) is { } number
                ? api.Policies.GetVersionAsync(parsed.GetValue(name)!, number, interrupted)
                : api.Policies.GetAsync(parsed.GetValue(name)!, interrupted));
            await (context.Json(parsed) ? JsonText.Write(context.Console.Output, reply.Body) : PolicyTable.WriteDocument(context.Console, reply.Value));
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context, Option<string?> tenant)
    {
        var pages = new PageOptions("How many, in the order of their names.");
        var command = new Command("ls", "List policies.") { pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox policy ls --tenant acme");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            return await Show(context, parsed, await api.Policies.ListPageAsync(pages.Read(parsed), interrupted));
        });
        return command;
    }

    private static Command Versions(CommandContext context, Option<string?> tenant)
    {
        var name = Name();
        var pages = new PageOptions("How many, the last one first.");
        var command = new Command("versions", "List the versions of a policy, the last one first.") { name, pages.Limit, pages.Cursor };
        context.Examples.Add(command, "  sandbox policy versions default");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var calls = api.Policies;
            return await Show(context, parsed, await calls.ListVersionsPageAsync(parsed.GetValue(name)!, pages.Read(parsed), interrupted));
        });
        return command;
    }

    private static Command Remove(CommandContext context, Option<string?> tenant) => RemoveCommand.Create(
        context, "name", "policies", "Remove policies; nothing begins under them any more. Without default, the platform's applies.", "  sandbox policy rm strict",
        static (api, name, interrupted) => api.Policies.DeleteAsync(name, interrupted), tenant,
        known: static async (api, filter, token) => (await api.Policies.ListPageAsync(filter, token)).Value.Items.Select(policy => policy.Name));

    private static async Task<int> Show(CommandContext context, ParseResult parsed, Reply<Page<Policy>> reply)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            PolicyTable.WriteList(context.Console, reply.Value);
        return 0;
    }
}
