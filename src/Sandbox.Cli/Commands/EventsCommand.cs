using System.CommandLine;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox events</c>.</summary>
internal static class EventsCommand
{
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
            using var api = context.Connect(parsed, parsed.GetValue(tenant));
            var (wanted, after) = (parsed.GetValue(types), parsed.GetValue(from));
            var events = parsed.GetValue(follow) ? api.Events.FollowAsync(wanted, after, interrupted) : api.Events.ListAsync(wanted, after, interrupted);
            try
            {
                await foreach (var item in events)
                    Show(context.Console, item, context.Json(parsed));
            }
            catch (SandboxException e) when (e.Failure == SandboxFailure.ConnectionLost)
            {
                throw new CliException($"{e.Message} Start it again with --from.");
            }

            return 0;
        });
        return command;
    }

    private static void Show(CliConsole console, LifecycleEvent item, bool whole)
    {
        if (whole)
        {
            console.Text.WriteLine(item.Json.GetRawText());
            return;
        }

        var data = s_shown.Where(item.Data.ContainsKey).Select(name => $"{name}={item.Data[name]}");
        console.Text.WriteLine(Printable.Line($"{item.Id} {TextTable.Time(item.Time)} {item.Type} {item.Resource?.Id} {string.Join(' ', data)}".TrimEnd()));
    }
}
