using System.CommandLine;
using System.Text;
using System.Text.Json;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Workflows;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox workflow memory …</c>.</summary>
internal static class WorkflowMemoryCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("memory", "What the steps of a workflow share: JSON values by key.") { Get(context), Set(context), List(context), Remove(context) };
        context.Examples.Add(command, """
              sandbox workflow memory ls wfl_…
              sandbox workflow memory get wfl_… summary
              sandbox workflow memory set wfl_… go true
            """);
        return command;
    }

    private static Command Get(CommandContext context)
    {
        var (id, key) = (WorkflowCommand.Id(context), Key());
        var command = new Command("get", "Print the value of a key.") { id, key };
        context.Examples.Add(command, "  sandbox workflow memory get wfl_… summary");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            await JsonText.Write(context.Console.Output, (await api.Workflows.Memory.GetAsync(parsed.GetValue(id)!, parsed.GetValue(key)!, interrupted)).Body);
            return 0;
        });
        return command;
    }

    private static Command Set(CommandContext context)
    {
        var (id, key) = (WorkflowCommand.Id(context), Key());
        var value = new Argument<string>("JSON") { Description = "The value as JSON, or - for standard input." };
        var version = new Option<long?>("--if-version") { Description = "Only if the key is at this version; 0 for none.", HelpName = "N" };
        var command = new Command("set", "Write a key.") { id, key, value, version };
        context.Examples.Add(command, """
              sandbox workflow memory set wfl_… limit 10
              sandbox workflow memory set wfl_… plan - < plan.json
            """);
        command.SetAction(async (parsed, interrupted) =>
        {
            var given = parsed.GetValue(value)!;
            var json = given == TextInput.Standard ? await TextInput.Read(given, context.Console, interrupted) : given;
            Check(json);
            using var api = context.Connect(parsed);
            var reply = await api.Workflows.Memory.SetAsync(parsed.GetValue(id)!, parsed.GetValue(key)!, Encoding.UTF8.GetBytes(json), parsed.GetValue(version), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                context.Console.Text.WriteLine($"{Printable.Line(reply.Value.Key)} is at version {reply.Value.Version}");
            return 0;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var id = WorkflowCommand.Id(context);
        var pages = new PageOptions("How many, in alphabetical order.");
        var command = new Command("ls", "List the keys.") { id, pages.Limit, pages.Cursor };
        context.Examples.Add(command, "  sandbox workflow memory ls wfl_…");
        command.Aliases.Add("list");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Workflows.Memory.ListPageAsync(parsed.GetValue(id)!, pages.Read(parsed), interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else if (reply.Value.Items.Count == 0)
                context.Console.ErrorText.WriteLine("No keys.");
            else
                WorkflowTable.WriteKeys(context.Console, reply.Value.Items);
            context.Console.TellOfMore(reply.Value.NextCursor);
            return 0;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var (id, key) = (WorkflowCommand.Id(context), Key());
        var command = new Command("rm", "Remove a key.") { id, key };
        context.Examples.Add(command, "  sandbox workflow memory rm wfl_… plan");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var name = parsed.GetValue(key)!;
            await api.Workflows.Memory.DeleteAsync(parsed.GetValue(id)!, name, interrupted);
            context.Console.Text.WriteLine(context.Json(parsed) ? $$"""{"key":"{{JsonEncodedText.Encode(name)}}","removed":true}""" : $"{Printable.Line(name)} removed");
            return 0;
        });
        return command;
    }

    // Told here, where the shell's quotes are: the server would say the same less clearly.
    private static void Check(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new CliException($"the value is not JSON ({e.Message.Split(". ")[0]}); a text needs its quotes: '\"text\"'");
        }
    }

    private static Argument<string> Key() => new("KEY") { Description = "The key." };
}
