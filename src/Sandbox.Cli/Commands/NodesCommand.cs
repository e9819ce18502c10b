using System.CommandLine;
using Sandbox.Cli.Completion;
using Sandbox.Cli.Nodes;
using Sandbox.Cli.Output;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Commands;

/// <summary><c>sandbox nodes …</c>.</summary>
internal static class NodesCommand
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var command = new Command("nodes", "The machines that run sandboxes; for operators.") { List(context), Show(context), Drain(context), Activate(context) };
        context.Examples.Add(command, """
              sandbox nodes ls
              sandbox nodes drain vm --wait && ./sandbox down
              sandbox nodes activate vm
            """);
        return command;
    }

    private static Command List(CommandContext context)
    {
        var command = new Command("ls", "List nodes with what they have and what they could still take.");
        command.Aliases.Add("list");
        context.Examples.Add(command, "  sandbox nodes ls --json");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Nodes.ListPageAsync(interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                NodeTable.WriteList(context.Console, reply.Value.Items);
            return 0;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var name = Name(context);
        var command = new Command("show", "Show one node, its pools and its server processes.") { name };
        context.Examples.Add(command, "  sandbox nodes show vm");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Nodes.GetAsync(parsed.GetValue(name)!, interrupted);
            if (context.Json(parsed))
                await JsonText.Write(context.Console.Output, reply.Body);
            else
                NodeTable.WriteOne(context.Console, reply.Value);
            return 0;
        });
        return command;
    }

    private static Command Drain(CommandContext context)
    {
        var name = Name(context);
        var wait = new Option<bool>("--wait") { Description = "Wait until nothing of it needs the node. Default: return at once." };
        var command = new Command("drain", "Let a node take no new work; what it has goes on. It holds until the node is activated, also over a restart.") { name, wait };
        context.Examples.Add(command, "  sandbox nodes drain vm --wait");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            var reply = await api.Nodes.DrainAsync(parsed.GetValue(name)!, interrupted);
            if (parsed.GetValue(wait))
                reply = await WaitUntilEmpty(context.Console, api, reply, interrupted);
            await Tell(context, parsed, reply);
            // Whoever waits takes the machine down next.
            return !parsed.GetValue(wait) || reply.Value.Status == NodeStatus.Drained ? 0 : ExitCodes.SandboxFailed;
        });
        return command;
    }

    private static Command Activate(CommandContext context)
    {
        var name = Name(context);
        var command = new Command("activate", "Let a drained node take work again.") { name };
        context.Examples.Add(command, "  sandbox nodes activate vm");
        command.SetAction(async (parsed, interrupted) =>
        {
            using var api = context.Connect(parsed);
            return await Tell(context, parsed, await api.Nodes.ActivateAsync(parsed.GetValue(name)!, interrupted));
        });
        return command;
    }

    private static async Task<Reply<Node>> WaitUntilEmpty(CliConsole console, SandboxClient api, Reply<Node> reply, CancellationToken interrupted)
    {
        string? told = null;
        while (reply.Value.Status == NodeStatus.Draining)
        {
            var left = NodeTable.Left(reply.Value);
            if (left != told)
                console.ErrorText.WriteLine(console.ErrorStyle.Faint($"It still has {left}."));
            told = left;
            await Task.Delay(s_pause, console.Time, interrupted);
            reply = await api.Nodes.GetAsync(reply.Value.Name, interrupted);
        }

        return reply;
    }

    private static async Task<int> Tell(CommandContext context, ParseResult parsed, Reply<Node> reply)
    {
        if (context.Json(parsed))
            await JsonText.Write(context.Console.Output, reply.Body);
        else
            context.Console.Text.WriteLine($"{Printable.Line(reply.Value.Name)} {context.Console.TextStyle.Status(Printable.Line(reply.Value.Status))}");
        return 0;
    }

    private static Argument<string> Name(CommandContext context) => new Argument<string>("NAME") { Description = "Name of the node." }.CompletedBy(
        context, static async (api, _, token) => (await api.Nodes.ListPageAsync(token)).Value.Items.Select(node => node.Name));
}
