using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;

namespace Sandbox.Api.Events;

/// <summary>The route <c>/v1/events</c>: what starts, changes its state and ends in the tenant, as a stream or in pages.</summary>
internal static class EventEndpoints
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private const int MostTypes = 50;

    public static RouteGroupBuilder MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/events").WithTags("Events").RequireAuthorization(ApiAuthentication.AnyRole);
        events.MapGet("", Read).DescribeReadEvents();
        return events;
    }

    private static async Task<Results<TenantEventStream, Ok<EventList>, ProblemResult>> Read(HttpContext context, IAuditFeed feed, EventStreams streams)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var filter = Types(query.Single("types"), errors);
        var from = Place("from", query.Single("from"), errors);
        var inPages = WantsPages(context.Request);
        var limit = inPages ? query.Integer("limit", 1, LargestPage, DefaultPage) : DefaultPage;
        // The header wins: a browser that reconnects repeats the address and adds the header.
        var header = context.Request.Headers["Last-Event-ID"];
        var (name, after) = header.Count > 0 && !inPages ? ("Last-Event-ID", Place("Last-Event-ID", header.ToString(), errors)) : ("from", from);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var tenant = context.Caller.TenantId;
        var head = await feed.Head(tenant, context.RequestAborted);
        if (after > head)
        {
            RefusePlace(name, errors);
            return ProblemResult.From(errors);
        }

        return inPages
            ? TypedResults.Ok(await EventList.Read(feed, tenant, filter, after ?? 0, limit, context.RequestAborted))
            : new TenantEventStream(feed, streams, tenant, filter, after ?? head);
    }

    private static bool WantsPages(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(static type => type.MediaType == "application/json")
        && !types.Any(static type => type.MediaType == ServerSentEvents.ContentType);

    private static LifecycleFilter Types(string? text, RequestErrors errors)
    {
        if (text is null)
            return LifecycleFilter.All;
        var patterns = text.Split(',');
        if (patterns.Length > MostTypes)
            errors.Add("types", $"Has more than {MostTypes} types.");
        else if (LifecycleFilter.TryParse(patterns, out var filter, out _))
            return filter;
        else
            errors.Add("types", "Must be types such as job.ended, or all of a kind such as job.*, with commas between them.");
        return LifecycleFilter.All;
    }

    private static long? Place(string name, string? text, RequestErrors errors)
    {
        if (text is null)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            return place;
        RefusePlace(name, errors);
        return null;
    }

    private static void RefusePlace(string name, RequestErrors errors) => errors.Add(name, "Must be the id of an event, or 0 for the first.");
}
