using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Jobs;
using Sandbox.Api.Jobs.Requests;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the job routes.</summary>
internal static class JobRouteDescriptions
{
    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    private static OpenApiSchema EventId => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    private static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    public static void DescribeCreateJob(this RouteHandlerBuilder route) => route
        .Describe("createJob", "Run a job", "Runs code in a language, or a command, in a sandbox of its own. Answers when the job is durable, or when it has ended within the wait.")
        .Accepts<JobRequest>("application/json")
        .WithQuery("wait", Wait, "Seconds to wait for the job's end.")
        .WithHeader(
            IdempotencyKey.Header,
            new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" },
            "Repeating a request with the same key runs it once and answers with the same job.")
        .WithResponseHeader(202, "Location", "Path of the job.")
        .WithResponseHeader(202, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the job.")
        .WithResponseHeader(200, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the job.")
        .WithExamples(
            ("python", "Python", """{"language": "python", "code": "print(1)"}"""),
            ("command", "A command with a file", """{"command": ["wc", "-l", "notes.txt"], "files": [{"path": "notes.txt", "content": "one\ntwo\n"}]}"""),
            ("limits", "Limits, files to keep and labels", """
                {"language": "python", "code": "open('out.csv', 'w').write('a,b')", "limits": {"memoryBytes": 268435456, "wallSeconds": 10},
                 "isolation": "strong", "artifacts": ["*.csv"], "metadata": {"run": "42"}}
                """))
        .Refuses(400, 403, 409, 413, 415, 422, 429);

    public static void DescribeListJobs(this RouteHandlerBuilder route) => route
        .Describe("listJobs", "List jobs", "Jobs of the tenant, newest first, without their output.")
        .WithQuery("status", new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["queued", "running", "succeeded", "failed", "cancelled", "timed_out"] }, "Only jobs in this state.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 50 }, "Most jobs of a page.")
        .WithQuery("cursor", Text, "nextCursor of the page before.")
        .WithQuery("metadata.{name}", Text, "Only jobs with this value of a label, such as metadata.run=42. May be given for several labels.")
        .Refuses(400);

    public static void DescribeGetJob(this RouteHandlerBuilder route) => route
        .Describe("getJob", "Get a job", "The job as it stands, or as it is at its end when that comes within the wait.")
        .WithQuery("wait", Wait, "Seconds to wait for the job's end.")
        .Refuses(400, 404);

    public static void DescribeDeleteJob(this RouteHandlerBuilder route) => route
        .Describe("deleteJob", "Delete a job", "Removes an ended job with its output and artifacts.")
        .Refuses(404, 409);

    public static void DescribeCancelJob(this RouteHandlerBuilder route) => route
        .Describe("cancelJob", "Cancel a job", "Ends the job in whatever state it is. An ended job is left as it is.")
        .Refuses(404);

    public static void DescribeJobEvents(this RouteHandlerBuilder route) => route
        .Describe(
            "streamJobEvents",
            "Stream a job's events",
            $$"""
            Server-sent events: {{OutputEventKinds.Stdout}}, {{OutputEventKinds.Stderr}}, {{OutputEventKinds.Result}}, {{OutputEventKinds.Status}} and, last, {{OutputEventKinds.End}}.
            Output is {"text": …}, or {"base64": …} where the bytes are not valid UTF-8. Ids rise. A stream that broke
            off is resumed, without loss or repetition, by the id of the last event seen.
            """)
        .WithQuery("from", EventId, "Id of the last event already seen.")
        .WithHeader("Last-Event-ID", EventId, "The same, as browsers send it; wins over from.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404);

    public static void DescribeJobOutput(this RouteHandlerBuilder route, string name, string what) => route
        .Describe($"getJob{name}", $"Get a job's {what}", $"The bytes of {what} so far, of all attempts, unchanged.")
        .Produces<byte[]>(200, "application/octet-stream")
        .Refuses(404);
}
