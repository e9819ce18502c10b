using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Sandbox.Cli.Client;
using Sandbox.Cli.Events;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox events</c>.</summary>
internal static class EventsCommand
{
    private const string Place = "Last-Event-ID";

    private static readonly string[] s_shown = ["status", "cause", "sequence", "exitCode"];

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Tenant whose events they are; for operators.", HelpName = "ID" };
        var types = new Option<string?>("--types") { Description = "Only these, such as job.ended,session.*.", HelpName = "TYPES" };
        var from = new Option<string?>("--from") { Description = "Go on after this event. Default: the first one, or now with --follow.", HelpName = "ID" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Show what happens from now on, until interrupted." };
        var command = new Command("events", "What starts, changes its state and ends in the tenant, oldest first.") { types, from, follow, tenant };
        context.Examples.Add(command, """
              sandbox events --types job.ended
              sandbox events --follow --types 'session.*' --json
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var asked = new Asked(api, parsed.GetValue(types), parsed.GetValue(tenant), item => Show(context.Console, item, context.Json(parsed)));
            if (parsed.GetValue(follow))
                await Follow(asked, parsed.GetValue(from), context.Console.Time, interrupted);
            else
                await List(asked, parsed.GetValue(from), interrupted);
            return 0;
        });
        return command;
    }

    private static async Task List(Asked asked, string? from, CancellationToken cancellationToken)
    {
        // The server's default as well; said, so that where it stands is known from the beginning.
        from ??= "0";
        while (true)
        {
            var path = asked.Path(from);
            var page = (await asked.Api.Call(() => Message(path, asked.Tenant, "application/json"), Wire.Default.EventPage, cancellationToken)).Value;
            foreach (var item in page.Items)
                asked.Show(item);
            if (page.NextCursor == from)
                return;
            from = page.NextCursor;
        }
    }

    private static async Task Follow(Asked asked, string? from, TimeProvider time, CancellationToken cancellationToken)
    {
        var stream = new EventStream(
            async (last, cancelled) =>
            {
                var path = asked.Path(last ?? from);
                var response = await asked.Api.Send(() => Message(path, asked.Tenant, "text/event-stream"), cancelled);
                // Where it begins: a connection that breaks before the first event loses none.
                from ??= response.Headers.TryGetValues(Place, out var places) ? places.First() : null;
                return response;
            },
            time,
            "Start it again with --from.");
        await foreach (var item in stream.Read(cancellationToken))
        {
            using var json = JsonDocument.Parse(item.Data);
            asked.Show(json.RootElement);
        }
    }

    private static HttpRequestMessage Message(string path, string? tenant, string accept)
    {
        var message = TenantMessage.To(HttpMethod.Get, path, tenant);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return message;
    }

    private static void Show(CliConsole console, JsonElement json, bool whole)
    {
        if (whole)
        {
            console.Text.WriteLine(json.GetRawText());
            return;
        }

        var item = json.Deserialize(Wire.Default.LifecycleEvent)!;
        var data = s_shown.Where(name => item.Data?.ContainsKey(name) == true).Select(name => $"{name}={item.Data![name]}");
        console.Text.WriteLine(Printable.Line($"{item.Id} {TextTable.Time(item.Time)} {item.Type} {item.Resource?.Id} {string.Join(' ', data)}".TrimEnd()));
    }

    private sealed record Asked(ApiClient Api, string? Types, string? Tenant, Action<JsonElement> Show)
    {
        public string Path(string? from) => "v1/events" + new QueryText().Add("types", Types).Add("from", from);
    }
}
