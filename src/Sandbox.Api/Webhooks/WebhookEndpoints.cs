using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Api.Webhooks.Requests;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Api.Webhooks;

/// <summary>The routes under <c>/v1/webhooks</c>: an admin says where the tenant's events are sent to.</summary>
internal static class WebhookEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/webhooks").WithTags("Webhooks").RequireAuthorization(ApiAuthentication.Administer);
        webhooks.MapPost("", Create).DescribeCreateWebhook();
        webhooks.MapGet("", List).DescribeListWebhooks();
        webhooks.MapGet("/{id}", Get).DescribeGetWebhook();
        webhooks.MapPatch("/{id}", Change).DescribeChangeWebhook();
        webhooks.MapDelete("/{id}", Remove).DescribeRemoveWebhook();
        webhooks.MapPost("/{id}/rotate-secret", RotateSecret).DescribeRotateWebhookSecret();
        webhooks.MapPost("/{id}/test", Test).DescribeTestWebhook();
        webhooks.MapGet("/{id}/deliveries", Deliveries).DescribeListDeliveries();
        webhooks.MapPost("/{id}/deliveries/{delivery}/redeliver", Redeliver).DescribeRedeliver();
        return webhooks;
    }

    private static async Task<Results<Created<NewWebhook>, ProblemResult>> Create(HttpContext context, IWebhooks webhooks)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is not null && RequestObject.Open(body.Root, errors) is { } root ? WebhookRequest.Read(root, errors) : null;
        if (request is null || errors.Any)
            return ProblemResult.From(errors);
        var spec = new WebhookSpec(request.Url, request.Types ?? [], request.Description, request.Secret);
        var reply = await webhooks.Create(context.Caller, spec, context.RequestAborted);
        return reply.Value is { } made ? TypedResults.Created($"/v1/webhooks/{made.Webhook.Id}", NewWebhook.Of(made)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<WebhookList>, ProblemResult>> List(HttpContext context, IWebhooks webhooks)
    {
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        return TypedResults.Ok(new WebhookList { Items = [.. (await webhooks.List(context.Caller, context.RequestAborted)).Select(Webhook.Of)] });
    }

    private static async Task<Results<Ok<Webhook>, ProblemResult>> Get(string id, HttpContext context, IWebhooks webhooks) =>
        WebhookId.TryParse(id, out var webhook) && await webhooks.Find(context.Caller, webhook, context.RequestAborted) is { } found
            ? TypedResults.Ok(Webhook.Of(found))
            : ProblemResult.NotFound();

    private static async Task<Results<Ok<Webhook>, ProblemResult>> Change(string id, HttpContext context, IWebhooks webhooks)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is not null && RequestObject.Open(body.Root, errors) is { } root ? WebhookChangeRequest.Read(root, errors) : null;
        if (request is null || errors.Any)
            return ProblemResult.From(errors);
        if (!WebhookId.TryParse(id, out var webhook))
            return ProblemResult.NotFound();
        var change = new WebhookChange(request.Url, request.Types, request.Description, request.Enabled);
        var reply = await webhooks.Change(context.Caller, webhook, change, context.RequestAborted);
        return reply.Value is { } changed ? TypedResults.Ok(Webhook.Of(changed)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<NoContent, ProblemResult>> Remove(string id, HttpContext context, IWebhooks webhooks) =>
        WebhookId.TryParse(id, out var webhook) && await webhooks.Remove(context.Caller, webhook, context.RequestAborted)
            ? TypedResults.NoContent()
            : ProblemResult.NotFound();

    private static async Task<Results<Ok<NewWebhook>, ProblemResult>> RotateSecret(string id, HttpContext context, IWebhooks webhooks)
    {
        if (!WebhookId.TryParse(id, out var webhook))
            return ProblemResult.NotFound();
        var reply = await webhooks.RotateSecret(context.Caller, webhook, context.RequestAborted);
        return reply.Value is { } made ? TypedResults.Ok(NewWebhook.Of(made)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Accepted<WebhookDelivery>, ProblemResult>> Test(string id, HttpContext context, IWebhooks webhooks)
    {
        if (!WebhookId.TryParse(id, out var webhook))
            return ProblemResult.NotFound();
        var reply = await webhooks.Test(context.Caller, webhook, context.RequestAborted);
        return reply.Value is { } delivery ? Taken(delivery) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<WebhookDeliveryList>, ProblemResult>> Deliveries(string id, HttpContext context, IWebhooks webhooks)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var before = query.NumberCursor();
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        if (!WebhookId.TryParse(id, out var webhook))
            return ProblemResult.NotFound();
        var reply = await webhooks.Deliveries(context.Caller, webhook, before, limit, context.RequestAborted);
        if (reply.Value is not { } page)
            return ProblemResult.From(reply.Refusal!);
        return TypedResults.Ok(new WebhookDeliveryList
        {
            Items = [.. page.Items.Select(WebhookDelivery.Of)],
            NextCursor = page.Next is { } next ? CursorText.Write(DateTimeOffset.MinValue, next.ToString(CultureInfo.InvariantCulture)) : null,
        });
    }

    private static async Task<Results<Accepted<WebhookDelivery>, ProblemResult>> Redeliver(string id, string delivery, HttpContext context, IWebhooks webhooks)
    {
        if (!WebhookId.TryParse(id, out var webhook) || !DeliveryId.TryParse(delivery, out var which))
            return ProblemResult.NotFound();
        var reply = await webhooks.Redeliver(context.Caller, webhook, which, context.RequestAborted);
        return reply.Value is { } due ? Taken(due) : ProblemResult.From(reply.Refusal!);
    }

    private static Accepted<WebhookDelivery> Taken(Delivery delivery) =>
        TypedResults.Accepted($"/v1/webhooks/{delivery.WebhookId}/deliveries", WebhookDelivery.Of(delivery));
}
