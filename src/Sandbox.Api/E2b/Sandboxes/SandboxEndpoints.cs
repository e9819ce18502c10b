using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>What E2B's clients ask of sandboxes from outside: making, listing, keeping and ending them.</summary>
internal static class SandboxEndpoints
{
    private const double DefaultTimeout = 300;
    private const double OldDefaultTimeout = 15;
    private const int LargestPage = 100;
    private const string NextToken = "X-Next-Token";

    public static Task<IResult> Create(HttpContext context, IGrainFactory grains, IPlatform platform, SandboxViews views) =>
        Create(context, grains, platform, views, DefaultTimeout);

    public static Task<IResult> CreateOld(HttpContext context, IGrainFactory grains, IPlatform platform, SandboxViews views) =>
        Create(context, grains, platform, views, OldDefaultTimeout);

    public static async Task<IResult> List(HttpContext context, ISessionQueries sessions)
    {
        var errors = new RequestErrors();
        if (ReadListing(new RequestQuery(context.Request.Query, errors), errors) is not { } listing || errors.Any)
            return ProblemResult.From(errors);
        var (items, next) = await listing.Read(sessions, context.Caller.TenantId, context.RequestAborted);
        if (next is not null)
            context.Response.Headers[NextToken] = CursorText.Write(next.CreatedAt, next.Id.ToString());
        return Results.Json<IReadOnlyList<SandboxDetail>>([.. items.Select(SandboxViews.Listed)], E2bJson.Default.IReadOnlyListSandboxDetail);
    }

    public static Task<IResult> Get(string id, HttpContext context, IGrainFactory grains, SandboxViews views) => Act(
        id, context, grains, async (_, session) => Results.Json(await views.Detail(context, context.Caller.TenantId, session), E2bJson.Default.SandboxDetail));

    public static Task<IResult> Kill(string id, HttpContext context, IGrainFactory grains) => Act(
        id, context, grains, async (grain, _) => Done(await grain.End(context.Caller, context.RequestAborted)));

    public static async Task<IResult> SetTimeout(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.TimeoutRequest, errors);
        if (request?.Timeout is null && !errors.Any)
            errors.Add("timeout", "Is required.");
        CheckTimeout(request?.Timeout, platform, errors);
        return errors.Any
            ? ProblemResult.From(errors)
            : await Act(id, context, grains, async (grain, session) => Done(await Live(grain, session, context, request!.Timeout!.Value)));
    }

    public static async Task<IResult> Connect(string id, HttpContext context, IGrainFactory grains, IPlatform platform, SandboxViews views, TimeProvider time)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.ConnectRequest, errors);
        if (request?.Memory == false)
            errors.Add("memory", "What is resumed has its memory.");
        CheckTimeout(request?.Timeout, platform, errors);
        return errors.Any ? ProblemResult.From(errors) : await Act(id, context, grains, async (grain, session) =>
        {
            if (SandboxViews.RefuseTokens(context.Caller, session) is { } other)
                return ProblemResult.From(other);
            var timeout = request?.Timeout ?? DefaultTimeout;
            var wasPaused = session.Status == SessionStatus.Paused;
            if (wasPaused && (await grain.Resume(context.Caller, context.RequestAborted)).Refusal is { } stays)
                return ProblemResult.From(stays);
            // What runs is not to end sooner than it would have.
            if ((wasPaused || WouldEndSooner(session, timeout, time.GetUtcNow()))
                && (await Live(grain, session, context, timeout)).Refusal is { } refusal)
                return ProblemResult.From(refusal);
            return Results.Json(
                await views.Handle(context, context.Caller.TenantId, session),
                E2bJson.Default.SandboxHandleView,
                statusCode: wasPaused ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        });
    }

    public static async Task<IResult> Pause(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.PauseSandbox, errors);
        if (request?.Memory == false)
            errors.Add("memory", "A paused sandbox keeps its memory; to keep files alone, make a snapshot.");
        return errors.Any ? ProblemResult.From(errors) : await Act(id, context, grains, async (grain, session) =>
        {
            if (session.Status == SessionStatus.Paused)
                return DoorStatus(StatusCodes.Status409Conflict, "The sandbox is paused already.");
            // Its time does not run out while it is paused, where policy lets it live on.
            if (!SandboxLabels.PausesAtEnd(session.Metadata))
                await grain.Update(context.Caller, new SessionChange(platform.MaximumTtlSeconds, null, null, AtMostPermitted: true), context.RequestAborted);
            return Done(await grain.Pause(context.Caller, context.RequestAborted));
        });
    }

    /// <summary>Does something with a session that has not ended; a name that none can have is as one that none has.</summary>
    public static async Task<IResult> Act(string id, HttpContext context, IGrainFactory grains, Func<ISessionGrain, SessionView, Task<IResult>> act)
    {
        if (SandboxName.ToSession(id) is not { } session)
            return ProblemResult.Of(RefusalCodes.NotFound, "There is no such sandbox.");
        var grain = grains.GetGrain<ISessionGrain>(session.ToString());
        var reply = await grain.Get(context.Caller, context.RequestAborted);
        if (reply.Value is not { } view)
            return ProblemResult.From(reply.Refusal!);
        // One that has ended can be read a while longer by those who know sessions.
        return view.EndedAt is not null ? ProblemResult.Of(RefusalCodes.NotFound, "The sandbox has ended.") : await act(grain, view);
    }

    public static void CheckTimeout(double? timeout, IPlatform platform, RequestErrors errors)
    {
        if (timeout is { } seconds && !(seconds >= 1 && seconds <= platform.MaximumTtlSeconds))
            errors.Add("timeout", string.Create(CultureInfo.InvariantCulture, $"Must be from 1 to {platform.MaximumTtlSeconds} seconds."));
    }

    private static async Task<IResult> Create(HttpContext context, IGrainFactory grains, IPlatform platform, SandboxViews views, double defaultTimeout)
    {
        var errors = new RequestErrors();
        if (await LenientBody.Read(context, E2bJson.Default.NewSandbox, errors) is not { } request)
            return ProblemResult.From(errors);
        var caller = context.Caller;
        var kept = SnapshotEndpoints.Find(grains, SandboxTemplates.Resolve(request.TemplateId ?? string.Empty).Snapshot);
        var snapshot = kept is null ? null : (await kept.Get(caller, context.RequestAborted)).Value;
        var spec = SandboxMapping.ToSpec(request, defaultTimeout, snapshot, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SandboxMembers.RefuseIsolation(spec.Isolation, platform) is { } unfit)
            return ProblemResult.From(unfit);
        var reply = await grains.GetGrain<ISessionGrain>(SessionId.New().ToString()).Create(caller, spec, string.Empty, context.RequestAborted);
        return reply.Value is { } made
            ? Results.Json(await views.Handle(context, caller.TenantId, made.Session), E2bJson.Default.SandboxHandleView, statusCode: StatusCodes.Status201Created)
            : ProblemResult.From(reply.Refusal!);
    }

    // One that is paused at the end of its time is held by how long nobody uses it: see SandboxMapping.
    private static Task<Reply<SessionView>> Live(ISessionGrain grain, SessionView session, HttpContext context, double seconds) => grain.Update(
        context.Caller, SandboxLabels.PausesAtEnd(session.Metadata) ? new SessionChange(null, seconds, null) : new SessionChange(seconds, null, null), context.RequestAborted);

    private static bool WouldEndSooner(SessionView session, double seconds, DateTimeOffset now) => SandboxLabels.PausesAtEnd(session.Metadata)
        ? session.IdleSeconds < seconds
        : now + TimeSpan.FromSeconds(seconds) > session.ExpiresAt;

    private static IResult Done(Reply<SessionView> reply) => reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Results.NoContent();

    private static IResult DoorStatus(int status, string message) => Results.Json(new DoorError(status, message), E2bJson.Default.DoorError, statusCode: status);

    private static SandboxListing? ReadListing(RequestQuery query, RequestErrors errors)
    {
        var after = query.Single("nextToken");
        var cursor = after is { Length: > 0 } && CursorText.Read(after) is { } place && SessionId.TryParse(place.Id, out var at)
            ? new SessionCursor(place.CreatedAt, at)
            : null;
        if (after is { Length: > 0 } && cursor is null)
            errors.Add("nextToken", "Is not a token that a list answered with.");
        return new SandboxListing
        {
            States = States(query.Single("state"), errors),
            Metadata = ReadMetadata(query.Single("metadata"), query.Single("template"), errors),
            OldestFirst = query.Single("order") == "asc",
            Limit = query.Integer("limit", 1, LargestPage, LargestPage),
            StartedAfter = ReadTime(query.Single("startedAfter"), errors),
            After = cursor,
        };
    }

    private static List<SessionStatus> States(string? text, RequestErrors errors)
    {
        var states = new List<SessionStatus>();
        foreach (var name in (text is null or "" ? "running,paused" : text).Split(','))
        {
            if (name == "running")
                states.Add(SessionStatus.Ready);
            else if (name == "paused")
                states.Add(SessionStatus.Paused);
            else
                errors.Add("state", "Must be running, paused or both.");
        }

        return [.. states.Distinct()];
    }

    // The pairs are encoded as a form within the parameter, and each name and value once more within that.
    private static Dictionary<string, string> ReadMetadata(string? text, string? template, RequestErrors errors)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (text ?? string.Empty).Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            pairs[Decoded(parts[0])] = parts.Length == 2 ? Decoded(parts[1]) : string.Empty;
        }

        if (pairs.Count > RequestBounds.Labels)
            errors.Add("metadata", $"Has at most {RequestBounds.Labels} pairs.");
        if (template is { Length: > 0 })
            pairs[SandboxLabels.Template] = template;
        return pairs;

        static string Decoded(string part) => Uri.UnescapeDataString(Uri.UnescapeDataString(part.Replace('+', ' ')));
    }

    private static DateTimeOffset? ReadTime(string? text, RequestErrors errors)
    {
        if (text is null)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time;
        errors.Add("startedAfter", "Must be a time.");
        return null;
    }
}
