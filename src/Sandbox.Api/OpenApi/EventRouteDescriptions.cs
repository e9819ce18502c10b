using Microsoft.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Webhooks.Requests;

namespace Sandbox.Api.OpenApi;

/// <summary>What the document says of the routes of events and webhooks.</summary>
internal static class EventRouteDescriptions
{
    public static void DescribeReadEvents(this RouteHandlerBuilder route) => route
        .Describe("readEvents", "Follow the tenant's events", "What starts, changes its state and ends in the tenant, as server-sent events, for every role. It begins now, or goes on after Last-Event-ID or from without loss or repetition. With Accept: application/json a page of events, oldest first, that begins with the first one or after from.")
        .WithQuery("types", new OpenApiSchema { Type = JsonSchemaType.String }, "Types such as job.ended, or all of a kind such as job.*, with commas between them.")
        .WithQuery("from", new OpenApiSchema { Type = JsonSchemaType.String }, "Id of the event after which to begin; 0 for the first one.")
        .WithQuery("limit", new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "1000", Default = 100 }, "Most of a page; not for streams.")
        .WithHeader("Last-Event-ID", new OpenApiSchema { Type = JsonSchemaType.String }, "Id of the last event that was received.")
        .Produces<string>(200, ServerSentEvents.ContentType)
        .Refuses(400, 429);

    public static void DescribeCreateWebhook(this RouteHandlerBuilder route) => route
        .Describe("createWebhook", "Make a webhook", "Has events of the tenant posted to an address from now on, signed as https://www.standardwebhooks.com says; for admins and operators. The secret is in the answer and is not shown again.")
        .Accepts<WebhookRequest>("application/json")
        .WithExamples(("webhook", "What becomes of jobs", """{"url": "https://example.com/hook", "types": ["job.ended", "session.*"]}"""))
        .Refuses(400, 413, 415, 429);

    public static void DescribeListWebhooks(this RouteHandlerBuilder route) => route
        .Describe("listWebhooks", "List webhooks", "The tenant's webhooks, oldest first, without their secrets.")
        .Refuses(400);

    public static void DescribeGetWebhook(this RouteHandlerBuilder route) => route
        .Describe("getWebhook", "Get a webhook", "A webhook without its secret.")
        .Refuses(404);

    public static void DescribeChangeWebhook(this RouteHandlerBuilder route) => route
        .Describe("changeWebhook", "Change a webhook", "Changes what the request names. One that is disabled is sent nothing and drops what was pending; one that is enabled again is sent what happens from then on.")
        .Accepts<WebhookChangeRequest>("application/json")
        .WithExamples(("enable", "Enable it again", """{"enabled": true}"""))
        .Refuses(400, 404, 413, 415);

    public static void DescribeRemoveWebhook(this RouteHandlerBuilder route) => route
        .Describe("removeWebhook", "Remove a webhook", "Removes a webhook with its secret and its log. A request that is on its way may still arrive.")
        .Refuses(404);

    public static void DescribeRotateWebhookSecret(this RouteHandlerBuilder route) => route
        .Describe("rotateWebhookSecret", "Replace a webhook's secret", "Answers with a new secret. For a day every request has signatures by both.")
        .Refuses(404);

    public static void DescribeTestWebhook(this RouteHandlerBuilder route) => route
        .Describe("testWebhook", "Test a webhook", "Sends an event of the type webhook.test; what became of it is in the delivery log.")
        .Refuses(404, 409, 429);

    public static void DescribeListDeliveries(this RouteHandlerBuilder route) => route
        .Describe("listWebhookDeliveries", "List deliveries of a webhook", "What is pending, and what became of the last ones, newest first.")
        .WithPages()
        .Refuses(404);

    public static void DescribeRedeliver(this RouteHandlerBuilder route) => route
        .Describe("redeliverWebhookEvent", "Send a delivery once more", "Sends the event under the same webhook-id, whatever became of it.")
        .Refuses(404, 409);
}
