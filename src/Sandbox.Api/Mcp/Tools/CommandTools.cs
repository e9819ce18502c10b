using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Mcp.Tools;

/// <summary>Commands that run in the background of a session.</summary>
internal sealed class CommandTools(IGrainFactory grains, IPlatform platform, ICommandInput input, Following following) : IToolGroup
{
    // A program may never read, and most clients wait for a minute.
    private static readonly TimeSpan InputPatience = TimeSpan.FromSeconds(20);

    private static readonly Refusal NotRead = new(
        RefusalCodes.CommandInputNotRead, $"The command has not read all of it within {InputPatience.TotalSeconds} seconds, perhaps none: look at what it prints before you write again.");

    public IEnumerable<ToolDefinition> Tools =>
    [
        new("start_command", "Start a background command",
            "Starts a command in a session and answers at once; it runs beside the steps until it ends or the session does. Read its output with get_command. For a program that shall be reached from outside, use start_service.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Optional("command", Schema.List("Argument vector; the first item is the program. Either this or shell.", Schema.Text("An argument.")))
                .Optional("shell", Schema.Text("Text that bash runs. Either this or command."))
                .Optional("env", Members.Env())
                .Optional("cwd", Members.Path("Working directory. Default /workspace."))
                .Optional("stdin", Schema.Text("What standard input begins with."))
                .Optional("keepStdinOpen", Schema.Flag("Whether write_command_input may give it more. Default false."))
                .Optional("timeoutSeconds", Schema.Number("Seconds that it may run. Default: as long as the session lives.", 0.1, platform.MaximumTtlSeconds)),
            typeof(Command), Start) { IsOpenWorld = true, IsDestructive = true },
        new("get_command", "Get a background command with its output",
            $"State of a background command, and a part of what it printed on both streams, from a byte offset on (outputNext of the answer before); waits for more output where there is none yet. At most {ToolBounds.LargestPart} bytes at once.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("number", Number())
                .Optional("stream", Schema.Choice("Only one stream. Default both.", [OutputEventKinds.Stdout, OutputEventKinds.Stderr]))
                .Optional("from", Schema.Integer("Bytes to pass over. Default 0.", 0))
                .Optional("limit", Schema.Integer($"Most bytes. Default {ToolBounds.DefaultPart}.", 1, ToolBounds.LargestPart))
                .Optional("waitSeconds", Members.Wait(0)),
            typeof(CommandState), Get) { IsReadOnly = true },
        new("list_commands", "List background commands", "Background commands of a session in order.",
            new InputSchema().Required("sessionId", Members.Session()).WithPage(), typeof(CommandList), List) { IsReadOnly = true },
        new("write_command_input", "Write to a background command", "Gives text to the standard input of a command that was started with keepStdinOpen. Add a newline where the program reads lines.",
            new InputSchema()
                .Required("sessionId", Members.Session())
                .Required("number", Number())
                .Optional("text", Schema.Text("What to give."))
                .Optional("close", Schema.Flag("Whether the input ends after it. Default false.")),
            typeof(CommandStdin), WriteInput) { IsDestructive = true, IsOpenWorld = true, IsAtHolder = true },
        new("signal_command", "Signal a background command", "Sends a signal to a background command's processes: SIGINT asks it to stop, SIGKILL kills it. One that has ended is left as it is.",
            new InputSchema().Required("sessionId", Members.Session()).Required("number", Number()).Required("signal", Schema.Text("Name of the signal, such as SIGTERM.")),
            typeof(Command), Signal) { IsDestructive = true },
    ];

    private static JsonObject Number() => Schema.Integer("Number of the command, as start_command answered with it.", 1);

    private async Task<CallToolResult> Start(ToolCall call)
    {
        var id = call.Required("sessionId");
        var request = CommandRequestMapping.Read(call.Without("sessionId"), call.Errors);
        var spec = request is null ? null : CommandRequestMapping.ToSpec(request, platform, call.Errors);
        if (call.WrongPart() is { } wrong)
            return wrong;
        if (CommandEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        return ToolAnswer.Of(await grain.StartCommand(call.Caller, spec!, null, null, CancellationToken.None), static started => Command.From(started.Command));
    }

    private async Task<CallToolResult> Get(ToolCall call)
    {
        var (id, number, wait) = (call.Required("sessionId"), call.RequiredInteger("number"), call.Wait(0));
        var stream = call.Arguments.String("stream");
        var from = call.Integer("from", 0, long.MaxValue, 0);
        var limit = (int)call.Integer("limit", 1, ToolBounds.LargestPart, ToolBounds.DefaultPart);
        if (stream is not (null or OutputEventKinds.Stdout or OutputEventKinds.Stderr))
            call.Errors.Add("stream", "Must be stdout or stderr.");
        if (call.Wrong() is { } wrong)
            return wrong;
        if (CommandEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        var caller = call.Caller;
        var output = await following.ForEnd(
            call,
            (round, token) => grain.ReadCommandOutput(caller, number, stream, from, limit, round, token),
            static part => part.Data.Length > 0 || part.Ended,
            null,
            wait);
        if (output.Value is not { } part)
            return ToolAnswer.Refuse(output.Refusal!);
        // A part may end within a character: that one comes with the next.
        var whole = TextParts.WholeCharacters(part.Data);
        var next = part.Next - (part.Data.Length - whole);
        return ToolAnswer.Of(await grain.GetCommand(caller, number, TimeSpan.Zero, call.Cancelled), view => new CommandState
        {
            Command = Command.From(view),
            Output = Encoding.UTF8.GetString(part.Data, 0, whole),
            OutputFrom = part.Start,
            OutputNext = next,
            OutputTotal = part.Total,
            Next = next < part.Total ? $"There is more output: call get_command with from={next}." : null,
        });
    }

    private async Task<CallToolResult> List(ToolCall call)
    {
        var (id, limit, after) = (call.Required("sessionId"), call.PageSize(), call.NumberCursor());
        if (call.Wrong() is { } wrong)
            return wrong;
        if (CommandEndpoints.Find(grains, id) is not { } grain)
            return ToolAnswer.NotFound("session");
        return ToolAnswer.Of(await grain.ListCommands(call.Caller, after, limit, call.Cancelled), static page => new CommandList
        {
            Items = [.. page.Items.Select(Command.From)],
            NextCursor = page.Next?.ToString(CultureInfo.InvariantCulture),
        });
    }

    private async Task<CallToolResult> WriteInput(ToolCall call)
    {
        var (id, number) = (call.Required("sessionId"), call.RequiredInteger("number"));
        var (text, close) = (call.Arguments.String("text") ?? string.Empty, call.Arguments.Boolean("close") ?? false);
        if (call.Wrong() is { } wrong)
            return wrong;
        if (!SessionId.TryParse(id, out var session))
            return ToolAnswer.NotFound("session");
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text), writable: false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled);
        patience.CancelAfter(InputPatience);
        try
        {
            return ToolAnswer.Of(
                await input.Write(call.Caller, session, number, content, null, close, patience.Token), static taken => new CommandStdin { Offset = taken.Offset });
        }
        catch (OperationCanceledException) when (!call.Cancelled.IsCancellationRequested)
        {
            return ToolAnswer.Refuse(NotRead);
        }
    }

    private async Task<CallToolResult> Signal(ToolCall call)
    {
        var (id, number) = (call.Required("sessionId"), call.RequiredInteger("number"));
        var signal = CommandRequestMapping.ReadSignal(call.Without("sessionId", "number"), call.Errors);
        if (call.WrongPart() is { } wrong)
            return wrong;
        return CommandEndpoints.Find(grains, id) is { } grain
            ? ToolAnswer.Of(await grain.SignalCommand(call.Caller, number, signal!.Value, call.Cancelled), Command.From)
            : ToolAnswer.NotFound("session");
    }
}
