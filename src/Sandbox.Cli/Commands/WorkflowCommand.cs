using System.CommandLine;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Workflows;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox workflow …</c>.</summary>
internal static class WorkflowCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("workflow", "Run graphs of steps, and see, cancel and remove them.")
        {
            Run(context), List(context), Show(context), Cancel(context), Remove(context), WorkflowMemoryCommand.Create(context),
        };
        context.Examples.Add(command, """
              sandbox workflow run pipeline.yaml --watch
              sandbox workflow ls --status running
              sandbox workflow show wfl_…
              sandbox workflow memory get wfl_… summary
            """);
        return command;
    }

    private static Command Run(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The workflow as YAML or JSON, or - for standard input." };
        var watch = new Option<bool>("--watch", "-w") { Description = "Draw the graph's progress, where there is a terminal." };
        var detach = new Option<bool>("--detach", "-d") { Description = "Print the id and leave it to itself." };
        var command = new Command("run", "Run a workflow to its end. Ctrl-C cancels it. Exits with 0, or 1 when a step did not succeed, 124 timed out, 130 cancelled.") { file, watch, detach };
        context.Examples.Add(command, """
              sandbox workflow run pipeline.yaml --watch
              sandbox workflow run graph.json --json > end.json
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            var name = parsed.GetValue(file)!;
            var request = WorkflowFile.ToJson(await TextInput.Read(name, context.Console, interrupted), name == TextInput.Standard ? "standard input" : name);
            using var api = context.Connect(parsed);
            var order = new WorkflowOrder(request, parsed.GetValue(watch), parsed.GetValue(detach), context.Json(parsed));
            return await new WorkflowRunner(api.Workflows, context.Console).Run(order, interrupted);
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var status = new Option<string?>("--status") { Description = "Only workflows in this state.", HelpName = "STATE" };
        status.AcceptOnlyFromAmong("running", "stopping", "succeeded", "failed", "cancelled", "timed_out");
        var metadata = new Option<string[]>("--metadata") { Description = "Only workflows with this label. Repeatable.", HelpName = "KEY=VALUE" };
        var pages = new PageOptions("How many, newest first.");
        var command = new Command("ls", "List workflows, newest first.") { status, metadata, pages.Limit, pages.Cursor };
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox workflow ls --status failed --metadata team=blue");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Workflows.ListPageAsync(pages.Filter(parsed, status, metadata), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                Show(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var id = Id(context);
        var command = new Command("show", "Show a workflow with its steps.") { id };
        context.Examples.Add(command, "  sandbox workflow show wfl_…");
        command.Aliases.Add("get");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Workflows.GetAsync(parsed.GetValue(id)!, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                WorkflowTable.WriteOne(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Cancel(CommandContext context)
    {
        var ids = new Argument<string[]>("ID") { Description = "Ids of workflows.", Arity = ArgumentArity.OneOrMore }.OfWorkflows(context);
        var command = new Command("cancel", "Stop workflows with all that runs of them.") { ids };
        context.Examples.Add(command, "  sandbox workflow cancel wfl_…");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            foreach (var id in parsed.GetValue(ids)!)
            {
                var reply = await api.Workflows.CancelAsync(id, interrupted);
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
        context, "id", "workflows", "Remove ended workflows with their memory; their jobs stay.", "  sandbox workflow rm wfl_…",
        static (api, id, interrupted) => api.Workflows.DeleteAsync(id, interrupted),
        known: static async (api, filter, token) => (await api.Workflows.ListPageAsync(filter, token)).Value.Items.Select(workflow => workflow.Id));

    private static void Show(CliConsole console, Page<Workflow> page)
    {
        if (page.Items.Count == 0)
        {
            console.ErrorText.WriteLine("No workflows.");
            return;
        }

        WorkflowTable.WriteList(console, page.Items);
        console.TellOfMore(page.NextCursor);
    }

    /// <summary>Id of a workflow.</summary>
    public static Argument<string> Id(CommandContext context) => new Argument<string>("ID") { Description = "Id of the workflow." }.OfWorkflows(context);
}
