using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sandbox.Cli.Client;
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
        var limit = new Option<int>("--limit") { Description = "How many, newest first.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var cursor = new Option<string?>("--cursor") { Description = "Go on after an earlier list.", HelpName = "CURSOR" };
        var command = new Command("ls", "List jobs, newest first.") { status, metadata, limit, cursor };
        command.Aliases.Add("list");
        command.SetAction(async (parsed, interrupted) =>
        {
            var query = new QueryText()
                .Add("limit", $"{parsed.GetValue(limit)}")
                .Add("status", parsed.GetValue(status))
                .Add("cursor", parsed.GetValue(cursor))
                .Add("metadata.", KeyValues.Parse(parsed.GetValue(metadata)));
            using var api = context.Connect(parsed);
            var jobs = new JobCalls(api);
            var reply = await jobs.List(query.ToString(), interrupted);
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
        var id = IdArgument();
        var command = new Command("get", "Show one job.") { id };
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var jobs = new JobCalls(api);
            await Show(context, parsed, await jobs.Get(parsed.GetValue(id)!, interrupted));
            return 0;
        });
        return command;
    }

    private static Command Logs(CommandContext context)
    {
        var id = IdArgument();
        var command = new Command("logs", "Print a job's output from its start, and follow it to its end.") { id };
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var jobs = new JobCalls(api);
            var sink = new OutputSink(context.Console);
            await foreach (var item in jobs.Events(parsed.GetValue(id)!, context.Console.Time).Read(interrupted))
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
        var ids = IdsArgument();
        var command = new Command("cancel", "End jobs that wait or run.") { ids };
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var jobs = new JobCalls(api);
            foreach (var id in parsed.GetValue(ids)!)
            {
                var reply = await jobs.Cancel(id, interrupted);
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
        static (api, _, id, interrupted) => new JobCalls(api).Delete(id, interrupted));

    private static void Show(CliConsole console, JobPage page)
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

    private static void WriteEvent(CliConsole console, ServerEvent item) =>
        console.Text.WriteLine(
            $$"""{"id":"{{JsonEncodedText.Encode(item.Id)}}","event":"{{JsonEncodedText.Encode(item.Kind)}}","data":{{Encoding.UTF8.GetString(item.Data)}}}""");

    private static Argument<string> IdArgument() => new("ID") { Description = "Id of the job." };

    private static Argument<string[]> IdsArgument() => new("ID") { Description = "Ids of jobs.", Arity = ArgumentArity.OneOrMore };
}
