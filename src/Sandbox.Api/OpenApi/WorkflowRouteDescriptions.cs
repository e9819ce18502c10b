using Microsoft.OpenApi;
using Sandbox.Api.Http;
using Sandbox.Api.Workflows.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of workflows.</summary>
internal static class WorkflowRouteDescriptions
{
    private static OpenApiSchema Wait => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{RequestQuery.MaxWaitSeconds}" };

    private static OpenApiSchema EventId => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    private static OpenApiSchema ETag => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Key => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.MaxLength, Pattern = "^[!-~]+$" };

    public static void DescribeCreateWorkflow(this RouteHandlerBuilder route) => route
        .Describe(
            "createWorkflow",
            "Run a workflow",
            """
            Runs a graph of steps, each a job of its own or a step in a session of the workflow, in parallel as far as they depend
            on each other. Texts of a step may name earlier results: ${steps.a.stdout}, ${steps.a.result}, ${steps.a.exitCode},
            ${steps.a.artifacts.NAME}, ${memory.k}. In code a value is text of the program: what is not trusted belongs into stdin,
            env or a file. Answers when the workflow is durable, or when it has ended within the wait.
            """)
        .Accepts<WorkflowRequest>("application/json")
        .WithQuery("wait", Wait, "Seconds to wait for the workflow's end.")
        .WithHeader(IdempotencyKey.Header, Key, "Repeating a request with the same key runs it once and answers with the same workflow.")
        .WithResponseHeader(202, "Location", "Path of the workflow.")
        .WithResponseHeader(202, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the workflow.")
        .WithResponseHeader(200, IdempotencyKey.ReplayedHeader, "true when an earlier request with this key made the workflow.")
        .WithExamples(
            ("two", "Two steps", """
                {"name": "greeting", "steps": [
                  {"id": "who", "job": {"language": "python", "code": "print('world', end='')"}},
                  {"id": "greet", "dependsOn": ["who"], "job": {"language": "bash", "code": "echo \"hello $WHO\"", "env": {"WHO": "${steps.who.stdout}"}}}]}
                """),
            ("condition", "A condition, a retry and a clean-up", """
                {"onFailure": "continue", "steps": [
                  {"id": "try", "retry": {"maxAttempts": 3, "backoffSeconds": 2}, "timeoutSeconds": 60, "job": {"command": ["false"]}},
                  {"id": "report", "dependsOn": ["try"], "when": "steps.try.status != 'succeeded'", "job": {"command": ["echo", "it failed"]}}]}
                """))
        .Refuses(400, 403, 409, 413, 415, 422, 429);

    public static void DescribeListWorkflows(this RouteHandlerBuilder route) => route
        .Describe("listWorkflows", "List workflows", "Workflows of the tenant, newest first, without their steps.")
        .WithQuery(
            "status",
            new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["running", "stopping", "succeeded", "failed", "cancelled", "timed_out"] },
            "Only workflows in this state.")
        .WithQuery("metadata.{name}", new OpenApiSchema { Type = JsonSchemaType.String }, "Only workflows with this value of a label. May be given for several labels.")
        .WithPages();

    public static void DescribeGetWorkflow(this RouteHandlerBuilder route) => route
        .Describe("getWorkflow", "Get a workflow", "The workflow as it stands, or as it is at its end when that comes within the wait.")
        .WithQuery("wait", Wait, "Seconds to wait for the workflow's end.")
        .Refuses(400, 404);

    public static void DescribeDeleteWorkflow(this RouteHandlerBuilder route) => route
        .Describe("deleteWorkflow", "Delete a workflow", "Removes an ended workflow with its memory. Its jobs stay.")
        .Refuses(404, 409);

    public static void DescribeCancelWorkflow(this RouteHandlerBuilder route) => route
        .Describe("cancelWorkflow", "Cancel a workflow", "Nothing of it starts any more, and what runs is ended. An ended workflow is left as it is.")
        .Refuses(404);

    public static void DescribeWorkflowEvents(this RouteHandlerBuilder route) => route
        .Describe(
            "streamWorkflowEvents",
            "Stream a workflow's events",
            """
            Server-sent events: status for the workflow, step for every change of a step and, last, end. Ids rise. A stream that
            broke off is resumed, without loss or repetition, by the id of the last event seen.
            """)
        .WithQuery("from", EventId, "Id of the last event already seen.")
        .WithHeader("Last-Event-ID", EventId, "The same, as browsers send it; wins over from.")
        .Produces<string>(200, "text/event-stream")
        .Refuses(400, 404);

    public static void DescribeListMemory(this RouteHandlerBuilder route) => route
        .Describe("listWorkflowMemory", "List a workflow's memory", "Keys that the steps share, in alphabetical order, without their values.")
        .WithPages()
        .Refuses(404);

    public static void DescribeGetMemory(this RouteHandlerBuilder route) => route
        .Describe("getWorkflowMemory", "Read a key", "The JSON value, with its version as ETag. Readable until the workflow is removed.")
        .WithResponseHeader(200, "ETag", "Version of the value.")
        .Produces<System.Text.Json.JsonElement>(200, "application/json")
        .Refuses(404);

    public static void DescribePutMemory(this RouteHandlerBuilder route) => route
        .Describe(
            "putWorkflowMemory",
            "Write a key",
            "Writes a JSON value of a workflow that has not ended: always, or where the value has a version, or where there is none. Steps do the same at $SANDBOX_MEMORY_URL.")
        .Accepts<System.Text.Json.JsonElement>("application/json")
        .WithHeader("If-Match", ETag, "Only where the key has one of these versions; * for any.")
        .WithHeader("If-None-Match", ETag, "*: only where the key has no value.")
        .WithResponseHeader(200, "ETag", "Version of the value.")
        .WithResponseHeader(201, "ETag", "Version of the value.")
        .Refuses(400, 404, 409, 412, 413, 415);

    public static void DescribeDeleteMemory(this RouteHandlerBuilder route) => route
        .Describe("deleteWorkflowMemory", "Remove a key", "Removes a key of a workflow that has not ended.")
        .WithHeader("If-Match", ETag, "Only where the key has one of these versions.")
        .Refuses(400, 404, 409, 412);
}
