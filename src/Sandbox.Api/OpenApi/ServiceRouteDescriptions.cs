using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Services;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Sessions;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of services and their tokens.</summary>
internal static class ServiceRouteDescriptions
{
    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    private static OpenApiSchema Key => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" };

    public static void DescribeCreateService(this RouteHandlerBuilder route) => route
        .Describe(
            "createService",
            "Start a service",
            """
            Runs a program that answers at a port of a sandbox of its own, looks whether it does, starts it again when it fails, and
            stops it when its time is over. Every request to proxyUrl, by any method, WebSockets included, goes through to it: with a
            credential of the tenant, or with the token that this answer tells once, as Authorization: Bearer or X-Service-Token.
            Ports of sessions are reached at /v1/sessions/{id}/ports/{port}/proxy/, with a credential.
            """)
        .Accepts<ServiceRequest>("application/json")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key makes one service and answers with it, without its token.")
        .WithResponseHeader(202, "Location", "Path of the service.")
        .WithResponseHeader(202, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the service.")
        .WithExamples(
            ("command", "A server of static files", """{"command": ["python3", "-m", "http.server", "8000"], "port": 8000, "health": {"path": "/"}}"""),
            ("code", "A program in JavaScript", """{"language": "javascript", "code": "require('http').createServer((q, a) => a.end('hello')).listen(process.env.PORT)", "port": 3000}"""))
        .Refuses(400, 403, 409, 413, 415, 422, 429, 507);

    public static void DescribeListServices(this RouteHandlerBuilder route) => route
        .Describe("listServices", "List services", "Services of the tenant, newest first, those that are over included.")
        .WithQuery("status", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["starting", "running", "stopped", "failed"] }, "Only services in this state.")
        .WithQuery("metadata.{name}", Text, "Only services with this value of a label, such as metadata.run=42. May be given for several labels.")
        .WithPages();

    public static void DescribeGetService(this RouteHandlerBuilder route) => route
        .Describe("getService", "Get a service", "The service as it stands, also when it is over; with wait, as it stands when it has started, or could not.")
        .WithQuery("wait", Wait, "Seconds to wait while it is starting.")
        .Refuses(400, 404);

    public static void DescribeStopService(this RouteHandlerBuilder route) => route
        .Describe("stopService", "Stop a service", "Cuts what is open to it, kills its program and removes its sandbox. Its log stays readable.")
        .Refuses(404);

    public static void DescribeServiceLogs(this RouteHandlerBuilder route) => route
        .Describe(
            "readServiceLogs",
            "Read or follow a service's log",
            """
            The bytes that an attempt to run its program has printed, from an offset on; of a long log the end is kept. With Accept:
            text/event-stream, server-sent events of all attempts, one after the other, until the service is over; resumed, without
            loss or repetition, by the id of the last event.
            """)
        .WithQuery("attempt", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" }, "Which attempt; the last one where left out.")
        .WithQuery("stream", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["stdout", "stderr", "both"], Default = "both" }, "Which stream; both in the order in which they came.")
        .WithQuery("from", Text, "Bytes of the stream to pass over; of events, the id of the last one already seen.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1048576", Default = 1048576 }, "Most bytes of the answer.")
        .WithQuery("wait", Wait, "Seconds to wait for the first byte.")
        .WithHeader("Last-Event-ID", Text, "Of events, the same as from, as browsers send it; wins over from.")
        .Produces<byte[]>(200, "application/octet-stream", "text/event-stream")
        .WithResponseHeader(200, ServiceLogEndpoints.AttemptHeader, "The attempt that the bytes are of.")
        .WithResponseHeader(200, CommandOutputHeaders.Start, "Offset of the first byte of the answer.")
        .WithResponseHeader(200, CommandOutputHeaders.Next, "Offset of what follows: from of the next request.")
        .WithResponseHeader(200, CommandOutputHeaders.Total, "Bytes of the stream so far.")
        .WithResponseHeader(200, CommandOutputHeaders.Ended, "true when no bytes will follow these.")
        .Refuses(400, 404);

    public static void DescribeMakeServiceToken(this RouteHandlerBuilder route) => route
        .Describe("makeServiceToken", "Make a token", "Whoever shows it reaches the service, and nothing else, until it expires or is revoked. Told once. The body may be left out.")
        .Accepts<ServiceTokenRequest>(isOptional: true, "application/json")
        .Refuses(400, 404, 410, 415, 429);

    public static void DescribeListServiceTokens(this RouteHandlerBuilder route) => route
        .Describe("listServiceTokens", "List tokens", "Those that open the service; never their text.")
        .Refuses(404);

    public static void DescribeRevokeServiceToken(this RouteHandlerBuilder route) => route
        .Describe("revokeServiceToken", "Revoke a token", "From the answer on it opens nothing; what is open with it is cut, WebSockets included.")
        .Refuses(404, 410);
}
