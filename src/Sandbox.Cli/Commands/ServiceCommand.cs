using System.CommandLine;
using System.Text.Json;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Server;
using Sandbox.Cli.Services;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox service …</c>: programs that answer at a port.</summary>
internal static class ServiceCommand
{
    private const string ExamplesText = """
          id=$(sandbox service run --port 8000 --health / -- python3 -m http.server 8000)
          curl -H "Authorization: Bearer $(sandbox service token "$id")" "$(sandbox service url "$id")"
          sandbox service logs "$id" -f
          sandbox service rm "$id"
        """;

    public static Command Create(CommandContext context)
    {
        var command = new Command("service", "Programs that answer at a port, reached through the server.")
        {
            ServiceRunCommand.Create(context),
            List(context),
            Show(context),
            Logs(context),
            Url(context),
            Token(context),
            Remove(context),
        };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var status = new Option<string?>("--status") { Description = "Only those in this state: starting, running, stopped or failed.", HelpName = "STATE" };
        var metadata = new Option<string[]>("--metadata") { Description = "Only those with this label. Repeatable.", HelpName = "KEY=VALUE" };
        var pages = new PageOptions("How many, newest first.", 50);
        var command = new Command("ls", "List services, newest first, those that are over included.") { status, metadata, pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox service ls --status running");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Services.ListPageAsync(pages.Filter(parsed, status, metadata), interrupted);
            if (context.Json(parsed))
            {
                await JsonText.Write(context.Console.Output, reply.Body);
                return 0;
            }

            ServiceTable.WriteList(context.Console, reply.Value.Items);
            context.Console.TellOfMore(reply.Value.NextCursor);
            return 0;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var id = Id(context);
        var command = new Command("show", "Show one service.") { id };
        context.Examples.Add(command, "  sandbox service show svc_… --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Services.GetAsync(parsed.GetValue(id)!, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                ServiceTable.WriteOne(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Logs(CommandContext context)
    {
        var id = Id(context);
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on, also over restarts, until the service is over." };
        var attempt = new Option<int?>("--attempt") { Description = "Which start of its program, from 1. Default: the last one.", HelpName = "N" };
        var command = new Command("logs", "What its program prints, byte for byte.") { id, follow, attempt };
        context.Examples.Add(command, "  sandbox service logs svc_… -f");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await new ServiceLog(api.Services, context.Console).Show(parsed.GetValue(id)!, parsed.GetValue(attempt), parsed.GetValue(follow), interrupted);
            return 0;
        });
        return command;
    }

    private static Command Url(CommandContext context)
    {
        var id = Id(context);
        var token = new Option<bool>("--token") { Description = "Make a token, and print the address with it for a browser." };
        var expires = Durations.Option("--expires", "How long the token is good for. Default: as long as the service lives.");
        var command = new Command("url", "Print the address of one.") { id, token, expires };
        context.Examples.Add(command, "  xdg-open \"$(sandbox service url svc_… --token --expires 1h)\"");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var service = (await api.Services.GetAsync(parsed.GetValue(id)!, interrupted)).Value;
            var url = service.HostUrl ?? service.ProxyUrl;
            if (parsed.GetValue(token))
            {
                if (service.HostUrl is null)
                    throw new CliException("a browser needs an address of the service's own, and the server has no domain for services (Sandbox__Services__Domain).");
                url = $"{service.HostUrl}?sandbox_token={(await api.Services.CreateTokenAsync(service.Id, parsed.GetValue(expires), interrupted)).Value.Token}";
            }

            context.Console.Text.WriteLine(context.Json(parsed) ? $$"""{"url":"{{JsonEncodedText.Encode(url)}}"}""" : Printable.Line(url));
            return 0;
        });
        return command;
    }

    private static Command Token(CommandContext context)
    {
        var id = Id(context);
        var expires = Durations.Option("--expires", "How long it is good for. Default: as long as the service lives.");
        var command = new Command("token", "Make a token, which opens one service and nothing else, and print it.") { id, expires };
        context.Examples.Add(command, "  sandbox service token svc_… --expires 10m");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Services.CreateTokenAsync(parsed.GetValue(id)!, parsed.GetValue(expires), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine(reply.Value.Token);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context) => RemoveCommand.Create(
        context, "id", "services", "Stop services. What they were, and their logs, stay readable.", "  sandbox service rm svc_…",
        static (api, id, interrupted) => api.Services.StopAsync(id, interrupted),
        known: static async (api, filter, token) => (await api.Services.ListPageAsync(filter, token)).Value.Items.Select(service => service.Id));

    private static Argument<string> Id(CommandContext context) => new Argument<string>("ID") { Description = "Id of the service." }.OfServices(context);
}
