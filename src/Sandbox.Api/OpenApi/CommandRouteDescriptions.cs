using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions;
using Sandbox.Api.Sessions.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of background commands and terminals.</summary>
internal static class CommandRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Flag => new() { Type = JsonSchemaType.Boolean, Default = false };

    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    private static OpenApiSchema Offset => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    private static OpenApiSchema Key => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" };

    public static void DescribeStartCommand(this RouteHandlerBuilder route) => route
        .Describe(
            "startCommand",
            "Start a background command",
            "Runs a program beside the steps, until it ends or the session does. Answers when it runs; while it runs the session is busy, and not idle.")
        .Accepts<CommandRequest>("application/json")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key starts one command and answers with it.")
        .WithResponseHeader(201, "Location", "Path of the command.")
        .WithResponseHeader(201, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key started the command.")
        .WithExamples(
            ("server", "A server", """{"command": ["python3", "-m", "http.server", "8000"], "cwd": "site"}"""),
            ("shell", "A line for bash", """{"shell": "make 2>&1 | tee build.log"}"""),
            ("input", "A program that is given input later", """{"command": ["python3", "-i"], "keepStdinOpen": true}"""))
        .Refuses(400, 404, 409, 410, 413, 415, 429);

    public static void DescribeListCommands(this RouteHandlerBuilder route) => route
        .Describe("listCommands", "List background commands", "Commands of a session in order, terminals included; also of a session that has ended.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most commands of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .Refuses(400, 404);

    public static void DescribeGetCommand(this RouteHandlerBuilder route) => route
        .Describe("getCommand", "Get a background command", "The command as it stands, or as it is at its end when that comes within the wait.")
        .WithQuery("wait", Wait, "Seconds to wait for its end.")
        .Refuses(400, 404);

    public static void DescribeCommandOutput(this RouteHandlerBuilder route) => route
        .Describe(
            "readCommandOutput",
            "Read a command's output",
            """
            The bytes of a stream from an offset on, while the command runs, after its end and after the session's. Of a long
            output the end is kept, as much as the session's limits.outputBytes: where the bytes asked for are gone, the answer
            begins with the first that are left, and Output-Start says so.
            """)
        .WithQuery("stream", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["stdout", "stderr", "both"], Default = "both" }, "Which stream; both in the order in which they came.")
        .WithQuery("from", Offset, "Bytes of the stream to pass over. Default 0.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1048576", Default = 1048576 }, "Most bytes of the answer.")
        .WithQuery("wait", Wait, "Seconds to wait for the first byte.")
        .Produces<byte[]>(200, "application/octet-stream")
        .WithResponseHeader(200, CommandOutputHeaders.Start, "Offset of the first byte of the answer.")
        .WithResponseHeader(200, CommandOutputHeaders.Next, "Offset of what follows: from of the next request.")
        .WithResponseHeader(200, CommandOutputHeaders.Total, "Bytes of the stream so far.")
        .WithResponseHeader(200, CommandOutputHeaders.Ended, "true when no bytes will follow these.")
        .Refuses(400, 404);

    public static void DescribeCommandEvents(this RouteHandlerBuilder route) => route
        .Describe(
            "streamCommandEvents",
            "Stream a command's events",
            """
            Server-sent events: status, stdout, stderr and, last, end; resumed as those of steps are. dropped comes first where
            the beginning of the output is not kept any more, and tells the bytes of each stream that came before.
            """)
        .WithQuery("from", Offset, "Id of the last event already seen.")
        .WithHeader("Last-Event-ID", Offset, "The same, as browsers send it; wins over from.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404);

    public static void DescribeCommandStdin(this RouteHandlerBuilder route) => route
        .Describe(
            "writeCommandStdin",
            "Give input to a command",
            "The body goes to the command's standard input, or to its terminal, as fast as it reads. Requests follow one another.")
        .Accepts<byte[]>("application/octet-stream", "*/*")
        .WithQuery("offset", Offset, "Bytes of input before these: what the command was given already is passed over, so that a request may be repeated.")
        .WithQuery("close", Flag, "Ends the input after the body.")
        .Refuses(400, 404, 409, 410);

    public static void DescribeSignalCommand(this RouteHandlerBuilder route) => route
        .Describe("signalCommand", "Signal a command", "Sends a signal to the command's processes; SIGKILL ends them all. One that has ended is left as it is.")
        .Accepts<SignalRequest>("application/json")
        .Refuses(400, 404, 410, 415);

    public static void DescribeTerminal(this RouteHandlerBuilder route) => route
        .Describe(
            "openTerminal",
            "Open a terminal",
            """
            A WebSocket to a shell on a terminal. Binary messages are its bytes, both ways; text messages are JSON:
            {"type":"resize","columns":…,"rows":…} to the server; {"type":"ready","terminal":…,"command":…,"offset":…} first,
            {"type":"dropped","offset":…} where a slow reader missed output, and {"type":"exit","exitCode":…} last from it.
            The shell lives on when the socket closes: who opens the terminal of that name again sees the end of its output, or
            all of it from an offset, and goes on. Several may see and type at once. It is a background command, and is listed
            and signalled as one. Pages of other origins are refused.
            """)
        .WithQuery("terminal", Text, "Name of the terminal: 1 to 40 letters, digits, _ and -. Default main.")
        .WithQuery("shell", Text, "Program of a new terminal. Default bash.")
        .WithQuery("columns", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "4096", Default = 80 }, "Width.")
        .WithQuery("rows", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "4096", Default = 24 }, "Height.")
        .WithQuery("from", Offset, "Bytes of output already seen. Left out: the last 256 KiB are sent.")
        .Produces(101)
        // Over HTTP/2 (RFC 8441).
        .Produces(200)
        .Refuses(400, 403, 404, 410, 426, 429);
}
