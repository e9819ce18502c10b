using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of sessions and their steps.</summary>
internal static class SessionRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    private static OpenApiSchema EventId => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    private static OpenApiSchema PositionId => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = SessionPosition.MaxLength, Pattern = "^[0-9]+(;[0-9]+([:-][0-9]+)?)*$" };

    private static OpenApiSchema Key => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" };

    public static void DescribeCreateSession(this RouteHandlerBuilder route) => route
        .Describe("createSession", "Open a session", "Makes a live sandbox that keeps variables and files from step to step, until its time to live is over; with snapshot, one that begins with what was kept of another.")
        .Accepts<SessionRequest>("application/json")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key makes one session and answers with it.")
        .WithResponseHeader(201, "Location", "Path of the session.")
        .WithResponseHeader(201, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the session.")
        .WithExamples(
            ("python", "Python for an hour", "{}"),
            ("snapshot", "Begins with the files of another one", "{\"snapshot\": \"snp_0123456789abcdefghjkmnpqrs\"}"),
            ("idle", "Pauses after ten minutes without work", """{"language": "python", "ttlSeconds": 86400, "idleSeconds": 600, "onIdle": "pause"}"""))
        .Refuses(400, 403, 409, 413, 415, 422, 429);

    public static void DescribeListSessions(this RouteHandlerBuilder route) => route
        .Describe("listSessions", "List sessions", "Sessions of the tenant, newest first, ended ones included.")
        .WithQuery("status", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["ready", "paused", "expired", "terminated", "failed"] }, "Only sessions in this state; a busy one counts as ready.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most sessions of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .WithQuery("metadata.{name}", Text, "Only sessions with this value of a label, such as metadata.run=42. May be given for several labels.")
        .Refuses(400);

    public static void DescribeGetSession(this RouteHandlerBuilder route) => route
        .Describe("getSession", "Get a session", "The session as it stands. One that has ended answers with 410 and what ended it.")
        .Refuses(404, 410);

    public static void DescribeSessionMetrics(this RouteHandlerBuilder route) => route
        .Describe("getSessionMetrics", "Get a session's use of resources", "What the session's sandbox uses now. Looking neither wakes a paused session nor counts as use of it.")
        .Refuses(404, 410);

    public static void DescribeUpdateSession(this RouteHandlerBuilder route) => route
        .Describe("updateSession", "Change a session", "Changes how long it lives, counted from now, and its labels.")
        .Accepts<SessionChangeRequest>("application/json")
        .Refuses(400, 404, 410, 415);

    public static void DescribeEndSession(this RouteHandlerBuilder route) => route
        .Describe("endSession", "End a session", "Kills what runs in it and removes its sandbox. Its steps stay readable.")
        .Refuses(404, 410);

    public static void DescribePauseSession(this RouteHandlerBuilder route) => route
        .Describe("pauseSession", "Pause a session", "Freezes it: it uses no processor and keeps its memory. To disk (isolation class strong), it uses no memory either: its sandbox is stored, encrypted, and made anew by the next step, file or resume, with its variables; refused with 409 while something runs in it. Its time to live goes on. The body may be left out.")
        .Accepts<PauseRequest>("application/json")
        .WithExamples(("disk", "To disk", """{"memory": "disk"}"""))
        .Refuses(400, 404, 409, 410, 415, 422);

    public static void DescribeResumeSession(this RouteHandlerBuilder route) => route
        .Describe("resumeSession", "Resume a session", "Lets a paused session go on, as the next step or file does by itself.")
        .Refuses(404, 410, 429);

    public static void DescribeSessionEvents(this RouteHandlerBuilder route) => route
        .Describe(
            "streamSessionEvents",
            "Stream a session's events",
            """
            Server-sent events of all steps, and of the session itself. Those of a step are step (its state), stdout, stderr,
            display, result and error, and have its number as step; what it showed and its state are under data. The session's
            are status, at the beginning and at each change, and, last, end. A stream that broke off is resumed, without loss or
            repetition, by the id of the last event that had one.
            """)
        .WithQuery("from", PositionId, "Id of the last event already seen.")
        .WithHeader("Last-Event-ID", PositionId, "The same, as browsers send it; wins over from.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404);

    public static void DescribeCreateStep(this RouteHandlerBuilder route) => route
        .Describe(
            "runStep",
            "Run a step",
            "Runs code or a command in a session. Answers with 200 when it has ended within the wait, and with 202 when it still runs; with Accept: text/event-stream its events stream.")
        .Accepts<StepRequest>("application/json")
        .WithQuery("wait", Wait, "Seconds to wait for its end. Default 30.")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key runs it once and answers with the same step.")
        .WithResponseHeader(202, "Location", "Path of the step.")
        .WithExamples(
            ("code", "Code in the session's language", """{"code": "x = 41\nx + 1"}"""),
            ("command", "A command", """{"command": ["ls", "-l"], "context": "shell"}"""))
        .Refuses(400, 404, 409, 410, 413, 415, 429);

    public static void DescribeListSteps(this RouteHandlerBuilder route) => route
        .Describe("listSteps", "List steps", "Steps of a session in order, without their output; also of a session that has ended.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most steps of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .Refuses(400, 404);

    public static void DescribeGetStep(this RouteHandlerBuilder route) => route
        .Describe("getStep", "Get a step", "The step as it stands, or as it is at its end when that comes within the wait.")
        .WithQuery("wait", Wait, "Seconds to wait for its end.")
        .Refuses(400, 404);

    public static void DescribeStepEvents(this RouteHandlerBuilder route) => route
        .Describe(
            "streamStepEvents",
            "Stream a step's events",
            """
            Server-sent events: status, stdout, stderr, display, result, error and, last, end. Output is {"text": …}, or
            {"base64": …} where the bytes are not valid UTF-8; display and result are objects of MIME types. Ids rise. A
            stream that broke off is resumed, without loss or repetition, by the id of the last event seen.
            """)
        .WithQuery("from", EventId, "Id of the last event already seen.")
        .WithHeader("Last-Event-ID", EventId, "The same, as browsers send it; wins over from.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404);

    public static void DescribeInterruptStep(this RouteHandlerBuilder route) => route
        .Describe("interruptStep", "Interrupt a step", "Stops the step and keeps the state of its kernel. One that waits does not start; an ended one is left as it is.")
        .Refuses(404, 410);
}
