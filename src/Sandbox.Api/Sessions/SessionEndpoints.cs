using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Output;
using Sandbox.Api.Sessions.Requests;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Sessions;

/// <summary>The routes under <c>/v1/sessions</c>.</summary>
internal static class SessionEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/sessions").WithTags("Sessions").RequireAuthorization(ApiAuthentication.Use);
        sessions.MapPost("", Create).DescribeCreateSession();
        sessions.MapGet("", List).DescribeListSessions();
        sessions.MapGet("/{id}", Get).DescribeGetSession();
        sessions.MapGet("/{id}/metrics", Measure).DescribeSessionMetrics();
        sessions.MapPatch("/{id}", Update).DescribeUpdateSession();
        sessions.MapDelete("/{id}", End).DescribeEndSession();
        sessions.MapPost("/{id}/pause", Pause).DescribePauseSession();
        sessions.MapPost("/{id}/resume", Resume).DescribeResumeSession();
        sessions.MapGet("/{id}/events", Events).DescribeSessionEvents();
        sessions.MapSessionCopies();
        sessions.MapSteps();
        sessions.MapCommands();
        sessions.MapTerminal();
        sessions.MapSessionFiles();
        return sessions;
    }

    /// <summary>The grain of a session; null when the text cannot be its id.</summary>
    public static ISessionGrain? Find(IGrainFactory grains, string id) =>
        SessionId.TryParse(id, out var session) ? grains.GetGrain<ISessionGrain>(session.ToString()) : null;

    private static async Task<Results<Created<Session>, ProblemResult>> Create(HttpContext context, SessionOpening opening)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SessionRequestReader.ReadSession(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var caller = context.Caller;
        var id = key is null ? SessionId.New() : SessionId.FromIdempotencyKey(caller.TenantId, key);
        var fingerprint = key is null ? string.Empty : RequestFingerprint.Compute(body!.Root);
        if (await opening.Open(caller, request, id, fingerprint, errors, context.RequestAborted) is not { } reply)
            return ProblemResult.From(errors);
        if (reply.Value is not { } creation)
            return ProblemResult.From(reply.Refusal!);
        if (creation.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return TypedResults.Created($"/v1/sessions/{creation.Session.Id}", Session.From(creation.Session));
    }

    private static async Task<Results<Ok<SessionList>, ProblemResult>> List(HttpContext context, ISessionQueries sessions)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var status = query.Single("status") is { } name ? SessionStates.Read(name, errors) : null;
        var metadata = query.Prefixed("metadata.");
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => SessionId.TryParse(place.Id, out var at) ? new SessionCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await sessions.List(context.Caller.TenantId, new SessionFilter(status, metadata), cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new SessionList
        {
            Items = [.. page.Items.Select(view => Session.From(view) with { Steps = null })],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static Task<Results<Ok<Session>, ProblemResult>> Get(string id, HttpContext context, IGrainFactory grains) =>
        Act(id, context, grains, static (grain, caller, cancellationToken) => grain.Get(caller, cancellationToken));

    private static async Task<Results<Ok<SessionUsage>, ProblemResult>> Measure(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.Measure(context.Caller, context.RequestAborted);
        return reply.Value is { } metrics ? TypedResults.Ok(SessionUsage.From(metrics)) : ProblemResult.From(reply.Refusal!);
    }

    private static async Task<Results<Ok<Session>, ProblemResult>> Pause(string id, HttpContext context, IGrainFactory grains)
    {
        if (!RequestBody.IsJsonOrNone(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SessionRequestReader.ReadPause(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var toDisk = SessionRequestMapping.ToDisk(request, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        return await Act(id, context, grains, (grain, caller, cancellationToken) =>
            toDisk ? grain.Suspend(caller, cancellationToken) : grain.Pause(caller, cancellationToken));
    }

    private static Task<Results<Ok<Session>, ProblemResult>> Resume(string id, HttpContext context, IGrainFactory grains) =>
        Act(id, context, grains, static (grain, caller, cancellationToken) => grain.Resume(caller, cancellationToken));

    private static async Task<Results<NoContent, ProblemResult>> End(string id, HttpContext context, IGrainFactory grains)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await grain.End(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Session>, ProblemResult>> Update(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        if (!RequestBody.IsJson(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.Read(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SessionRequestReader.ReadChange(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var change = SessionRequestMapping.ToChange(request, platform, errors);
        return errors.Any
            ? ProblemResult.From(errors)
            : await Act(id, context, grains, (grain, caller, cancellationToken) => grain.Update(caller, change, cancellationToken));
    }

    private static async Task<Results<EventStream, ProblemResult>> Events(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var (name, text) = EventStream.ReadResumptionText(context.Request, errors);
        if (!SessionPosition.TryParse(text ?? SessionPosition.Start.ToString(), out var position))
            EventStream.RefuseResumption(name, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var (caller, after) = (context.Caller, position!.ToString());
        // Before the stream begins, a refusal can still be told as one.
        var first = await grain.ReadEvents(caller, after, 0, TimeSpan.Zero, context.RequestAborted);
        return first.Value is { } page ? new EventStream(new SessionEventSource(grain, caller, page, after)) : ProblemResult.From(first.Refusal!);
    }

    private static async Task<Results<Ok<Session>, ProblemResult>> Act(
        string id, HttpContext context, IGrainFactory grains, Func<ISessionGrain, Caller, CancellationToken, Task<Reply<SessionView>>> act)
    {
        if (Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();
        var reply = await act(grain, context.Caller, context.RequestAborted);
        return reply.Value is { } view ? TypedResults.Ok(Session.From(view)) : ProblemResult.From(reply.Refusal!);
    }
}
