using System.CommandLine;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox webhook …</c>.</summary>
internal static class WebhookCommand
{
    private static readonly string[] s_headings = ["ID", "URL", "TYPES", "STATE", "CREATED"];
    private static readonly string[] s_deliveryHeadings = ["ID", "TYPE", "EVENT", "STATUS", "ATTEMPTS", "ANSWER", "CREATED", "NEXT"];

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant to act in; for operators.", HelpName = "ID", Recursive = true };
        var command = new Command("webhook", "Where events are sent to; for admins and operators.") { tenant };
        command.Add(Add(context, tenant));
        command.Add(List(context, tenant));
        command.Add(Remove(context, tenant));
        command.Add(Enable(context, tenant));
        command.Add(Test(context, tenant));
        command.Add(Deliveries(context, tenant));
        command.Add(Redeliver(context, tenant));
        context.Examples.Add(command, """
              sandbox webhook add https://example.com/hook --types 'job.ended,session.*'
              sandbox webhook test whk_…
              sandbox webhook deliveries whk_…
            """);
        return command;
    }

    private static Command Add(CommandContext context, Option<string?> tenant)
    {
        var url = new Argument<string>("URL") { Description = "Address that events are posted to." };
        var types = new Option<string?>("--types") { Description = "Only these, such as job.ended,session.*. Default: all.", HelpName = "TYPES" };
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var command = new Command("add", "Make a webhook; prints its id and, this once, its secret.") { url, types, description };
        context.Examples.Add(command, "  sandbox webhook add https://example.com/hook --types job.ended");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var request = new WebhookRequest
            {
                Url = parsed.GetValue(url)!,
                Types = parsed.GetValue(types)?.Split(','),
                Description = parsed.GetValue(description),
            };
            var reply = await api.Webhooks.CreateAsync(request, interrupted);
            return await Told(context, parsed, reply.Body, $"{reply.Value.Id} {reply.Value.Secret}");
        });
        return command;
    }

    private static Command List(CommandContext context, Option<string?> tenant)
    {
        var command = new Command("ls", "List webhooks; never their secrets.");
        context.Examples.Add(command, "  sandbox webhook ls --json");
        command.Aliases.Add("list");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Webhooks.ListPageAsync(interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else if (reply.Value.Items.Count == 0)
                context.Console.ErrorText.WriteLine("No webhooks.");
            else
                TextTable.Write(context.Console, s_headings, [.. reply.Value.Items.Select(Row)], -1);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context, Option<string?> tenant) => RemoveCommand.Create(
        context, "id", "webhooks", "Remove webhooks with their logs.", "  sandbox webhook rm whk_…",
        static (api, id, interrupted) => api.Webhooks.DeleteAsync(id, interrupted), tenant,
        known: static async (api, _, token) => (await api.Webhooks.ListPageAsync(token)).Value.Items.Select(webhook => webhook.Id));

    private static Command Enable(CommandContext context, Option<string?> tenant)
    {
        var id = new Argument<string>("ID") { Description = "Id of the webhook." };
        var command = new Command("enable", "Enable a webhook again; it is sent what happens from then on.") { id };
        context.Examples.Add(command, "  sandbox webhook enable whk_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Webhooks.UpdateAsync(parsed.GetValue(id)!, new WebhookChange { Enabled = true }, interrupted);
            return await Told(context, parsed, reply.Body, $"{reply.Value.Id} enabled");
        });
        return command;
    }

    private static Command Test(CommandContext context, Option<string?> tenant)
    {
        var id = new Argument<string>("ID") { Description = "Id of the webhook." };
        var command = new Command("test", "Send a webhook.test event; prints the id of its delivery.") { id };
        context.Examples.Add(command, "  sandbox webhook test whk_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Webhooks.TestAsync(parsed.GetValue(id)!, interrupted);
            return await Told(context, parsed, reply.Body, reply.Value.Id);
        });
        return command;
    }

    private static Command Deliveries(CommandContext context, Option<string?> tenant)
    {
        var id = new Argument<string>("ID") { Description = "Id of the webhook." };
        var pages = new PageOptions("How many, newest first.");
        var command = new Command("deliveries", "List what is pending and what became of the last ones, newest first.") { id, pages.Limit, pages.Cursor };
        context.Examples.Add(command, "  sandbox webhook deliveries whk_… --limit 10");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Webhooks.ListDeliveriesPageAsync(parsed.GetValue(id)!, pages.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else if (reply.Value.Items.Count == 0)
                context.Console.ErrorText.WriteLine("No deliveries.");
            else
                TextTable.Write(context.Console, s_deliveryHeadings, [.. reply.Value.Items.Select(Row)], -1);
            if (!context.Json(parsed))
                context.Console.TellOfMore(reply.Value.NextCursor);
            return 0;
        });
        return command;
    }

    private static Command Redeliver(CommandContext context, Option<string?> tenant)
    {
        var id = new Argument<string>("ID") { Description = "Id of the webhook." };
        var delivery = new Argument<string>("DELIVERY") { Description = "Id of the delivery." };
        var command = new Command("redeliver", "Send a delivery once more, under the same id.") { id, delivery };
        context.Examples.Add(command, "  sandbox webhook redeliver whk_… dlv_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var reply = await api.Webhooks.RedeliverAsync(parsed.GetValue(id)!, parsed.GetValue(delivery)!, interrupted);
            return await Told(context, parsed, reply.Body, $"{reply.Value.Id} is sent again");
        });
        return command;
    }

    private static async Task<int> Told(CommandContext context, ParseResult parsed, ReadOnlyMemory<byte> json, string text)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, json);
        else
            context.Console.Text.WriteLine(text);
        return 0;
    }

    private static string[] Row(Webhook webhook) =>
    [
        webhook.Id, Printable.Line(webhook.Url), webhook.Types.Count == 0 ? "all" : Printable.Line(string.Join(',', webhook.Types)),
        webhook.Enabled ? "enabled" : $"disabled ({Printable.Line(webhook.DisabledReason ?? string.Empty)})", TextTable.Time(webhook.CreatedAt),
    ];

    private static string[] Row(WebhookDelivery delivery) =>
    [
        delivery.Id, Printable.Line(delivery.Type), Printable.Line(delivery.EventId ?? string.Empty), Printable.Line(delivery.Status), $"{delivery.Attempts}",
        delivery.ResponseStatus is { } status ? $"{status}" : Printable.Line(delivery.Error ?? string.Empty), TextTable.Time(delivery.CreatedAt), TextTable.Time(delivery.NextAttemptAt),
    ];
}
