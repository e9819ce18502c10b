using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Server;
using Sandbox.Cli.Tenants;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox usage</c>.</summary>
internal static class UsageCommand
{
    private static readonly string[] s_headings = ["QUOTA", "USED", "LIMIT"];

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant to look at; for operators.", HelpName = "ID" };
        var command = new Command("usage", "What the tenant uses of its quotas.") { tenant };
        context.Examples.Add(command, "  sandbox usage --tenant acme");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Usage.GetAsync(interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                TextTable.Write(context.Console, s_headings, [.. Rows(reply.Body)], -1);
            return 0;
        });
        return command;
    }

    // By the names of the answer: a quota that is new is shown as well.
    private static IEnumerable<string[]> Rows(ReadOnlyMemory<byte> json) =>
        (JsonSerializer.Deserialize(json.Span, CliJson.Default.DictionaryStringJsonElement) ?? []).Where(entry => entry.Value.ValueKind == JsonValueKind.Object).Select(Row);

    private static string[] Row(KeyValuePair<string, JsonElement> quota) =>
        [Printable.Line(quota.Key), Value(quota, "used"), Value(quota, "limit")];

    private static string Value(KeyValuePair<string, JsonElement> quota, string member) =>
        quota.Value.TryGetProperty(member, out var value) ? QuotaValues.Show(quota.Key, value) : string.Empty;
}
