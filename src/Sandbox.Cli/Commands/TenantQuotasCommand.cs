using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Tenants;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox tenant quotas</c>.</summary>
internal static class TenantQuotasCommand
{
    private static readonly string[] s_headings = ["QUOTA", "LIMIT", "FROM"];

    public static Command Create(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "The tenant." };
        var set = new Option<string[]>("--set") { Description = "Sets a quota.", HelpName = "NAME=VALUE" };
        var unset = new Option<string[]>("--unset") { Description = "Leaves a quota to the installation again.", HelpName = "NAME" };
        var command = new Command("quotas", "What a tenant may use; with --set and --unset, changes it.") { id, set, unset };
        context.Examples.Add(command, """
              sandbox tenant quotas acme
              sandbox tenant quotas acme --set concurrentSandboxes=10 --set memoryBytes=16G --unset cpu
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            var wanted = parsed.GetValue(id)!;
            var values = (parsed.GetValue(set) ?? []).Select(QuotaValues.Parse).ToList();
            var left = parsed.GetValue(unset) ?? [];
            using var api = context.Connect(parsed);
            var calls = api.Tenants;
            var reply = await calls.GetQuotasAsync(wanted, interrupted);
            if (values.Count + left.Length > 0)
                reply = await calls.SetQuotasAsync(wanted, Merged(reply.Value.Overrides, values, left), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Dictionary<string, JsonElement> Merged(
        Dictionary<string, JsonElement> before, IEnumerable<(string Name, JsonElement Value)> values, IEnumerable<string> left)
    {
        var merged = before.Where(entry => !left.Contains(entry.Key)).ToDictionary();
        foreach (var (name, value) in values)
            merged[name] = value;
        return merged;
    }

    private static void Show(CliConsole console, QuotaSettings quotas) => TextTable.Write(
        console,
        s_headings,
        [.. quotas.Effective.Select(entry => new[]
        {
            Printable.Line(entry.Key), QuotaValues.Show(entry.Key, entry.Value), quotas.Overrides.ContainsKey(entry.Key) ? "set" : string.Empty,
        })],
        -1);
}
