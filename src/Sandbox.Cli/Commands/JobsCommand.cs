using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Jobs;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox jobs …</c>.</summary>
internal static class JobsCommand
{
    private const string ExamplesText = """
          sandbox jobs ls --status failed --metadata team=blue
          sandbox jobs get job_… --json
          sandbox jobs logs job_…
          sandbox jobs cancel job_…
          sandbox jobs rm job_… job_…
        """;

    public static Command Create(CommandContext context)
    {
        var command = new Command("jobs", "List, see, cancel and remove jobs.")
        {
            List(context), Get(context), Logs(context), Cancel(context), Remove(context),
        };
        context.Examples.Add(command, ExamplesText);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var status = new Option<string?>("--status") { Description = "Only jobs in this state.", HelpName = "STATE" };
        status.AcceptOnlyFromAmong("queued", "running", "succeeded", "failed", "cancelled", "timed_out");
        var metadata = new Option<string[]>("--metadata") { Description = "Only jobs with this label. Repeatable.", HelpName = "KEY=VALUE" };
        var pages = new PageOptions("How many, newest first.", 20);
        var command = new Command("ls", "List jobs, newest first.") { status, metadata, pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox jobs ls --status failed --metadata team=blue --limit 50");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Jobs.ListPageAsync(pages.Filter(parsed, status, metadata), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Get(CommandContext context)
    {
        var id = IdArgument(context);
        var command = new Command("get", "Show one job.") { id };
        context.Examples.Add(command, "  sandbox jobs get job_… --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await Show(context, parsed, await api.Jobs.GetAsync(parsed.GetValue(id)!, interrupted));
            return 0;
        });
        return command;
    }

    private static Command Logs(CommandContext context)
    {
        var id = IdArgument(context);
        var command = new Command("logs", "Print a job's output from its start, and follow it to its end.") { id };
        context.Examples.Add(command, "  sandbox jobs logs job_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var sink = new OutputSink(context.Console);
            await foreach (var item in api.Jobs.FollowAsync(parsed.GetValue(id)!, cancellationToken: interrupted))
            {
                if (context.Json(parsed))
                    WriteEvent(context.Console, item);
                else
                    await sink.Write(item, interrupted);
            }

            return 0;
        });
        return command;
    }

    private static Command Cancel(CommandContext context)
    {
        var ids = IdsArgument(context);
        var command = new Command("cancel", "End jobs that wait or run.") { ids };
        context.Examples.Add(command, "  sandbox jobs cancel job_… job_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            foreach (var id in parsed.GetValue(ids)!)
            {
                var reply = await api.Jobs.CancelAsync(id, interrupted);
                if (context.Json(parsed))
                    await JsonText.Write(context.Console.Output, reply.Body);
                else
                    context.Console.Text.WriteLine($"{reply.Value.Id} {context.Console.TextStyle.Status(reply.Value.Status)}");
            }

            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context) => RemoveCommand.Create(
        context, "id", "jobs", "Remove ended jobs with their output and artifacts.", "  sandbox jobs rm job_… job_…",
        static (api, id, interrupted) => api.Jobs.DeleteAsync(id, interrupted),
        known: static async (api, filter, token) => (await api.Jobs.ListPageAsync(filter, token)).Value.Items.Select(job => job.Id));

    private static void Show(CliConsole console, Page<Job> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No jobs.");
            return;
        }

        JobTable.WriteList(console, page.Items);
        console.TellOfMore(page.NextCursor);
    }

    private static async Task Show(CommandContext context, ParseResult parsed, Reply<Job> reply)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            JobTable.WriteOne(context.Console, reply.Value);
    }

    private static void WriteEvent(CliConsole console, OutputEvent item) =>
        console.Text.WriteLine(
            $$"""{"id":"{{JsonEncodedText.Encode(item.Id)}}","event":"{{JsonEncodedText.Encode(item.Kind)}}","data":{{Encoding.UTF8.GetString(item.Json.Span)}}}""");

    private static Argument<string> IdArgument(CommandContext context) => new Argument<string>("ID") { Description = "Id of the job." }.OfJobs(context);

    private static Argument<string[]> IdsArgument(CommandContext context) =>
        new Argument<string[]>("ID") { Description = "Ids of jobs.", Arity = ArgumentArity.OneOrMore }.OfJobs(context);
}
