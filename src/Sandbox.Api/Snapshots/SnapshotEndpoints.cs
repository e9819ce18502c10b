using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.Snapshots;

/// <summary>The routes under <c>/v1/snapshots</c>.</summary>
internal static class SnapshotEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapSnapshots(this IEndpointRouteBuilder routes)
    {
        var snapshots = routes.MapGroup("/snapshots").WithTags("Snapshots").RequireAuthorization(ApiAuthentication.Use);
        snapshots.MapGet("", List).DescribeListSnapshots();
        snapshots.MapGet("/{id}", Get).DescribeGetSnapshot();
        snapshots.MapDelete("/{id}", Delete).DescribeDeleteSnapshot();
        return snapshots;
    }

    /// <summary>The grain of a snapshot; null when the text cannot be its id.</summary>
    public static ISnapshotGrain? Find(IGrainFactory grains, string? id) =>
        SnapshotId.TryParse(id, out var snapshot) ? grains.GetGrain<ISnapshotGrain>(snapshot.ToString()) : null;

    private static async Task<Results<Ok<SnapshotList>, ProblemResult>> List(HttpContext context, ISnapshotQueries snapshots)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var session = query.Single("sessionId") is { } id ? ReadSession(id, errors) : null;
        var metadata = query.Prefixed("metadata.");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => SnapshotId.TryParse(place.Id, out var at) ? new SnapshotCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await snapshots.List(context.Caller.TenantId, new SnapshotFilter(session, metadata), cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new SnapshotList
        {
            Items = [.. page.Items.Select(Snapshot.From)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<Ok<Snapshot>, ProblemResult>> Get(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Get(context.Caller, context.RequestAborted);
        return reply.Value is { } view ? TypedResults.Ok(Snapshot.From(view)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Delete(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static SessionId? ReadSession(string text, RequestErrors errors)
    {
        if (SessionId.TryParse(text, out var id))
            return id;
        errors.Add("sessionId", "Is not the id of a session.");
        return null;
    }
}
