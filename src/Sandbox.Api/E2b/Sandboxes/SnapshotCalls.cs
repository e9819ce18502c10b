using Sandbox.Api.E2b.Routing;
using Sandbox.Api.Http;
using Sandbox.Api.Snapshots;
using Sandbox.Api.Snapshots.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.E2b.Sandboxes;

/// <summary>Snapshots and forks of sandboxes. Under the strong isolation they have the memory, and otherwise the files.</summary>
internal static class SnapshotCalls
{
    private const int LargestPage = 100;

    public static async Task<IResult> Create(string id, HttpContext context, IGrainFactory grains)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.NewSnapshot, errors);
        return errors.Any ? ProblemResult.From(errors) : await SandboxEndpoints.Act(id, context, grains, async (_, session) =>
        {
            var wanted = new SnapshotRequest { Name = request?.Name, Memory = HasMemory(session), Metadata = session.Metadata };
            var spec = SnapshotRequestMapping.ToSpec(wanted, SandboxName.ToSession(id)!.Value, errors);
            if (errors.Any)
                return ProblemResult.From(errors);
            var reply = await grains.GetGrain<ISnapshotGrain>(SnapshotId.New().ToString()).Create(context.Caller, spec, string.Empty, context.RequestAborted);
            return reply.Value is { } made
                ? Results.Json(InfoOf(made.Snapshot), E2bJson.Default.SnapshotInfo, statusCode: StatusCodes.Status201Created)
                : ProblemResult.From(reply.Refusal!);
        });
    }

    public static async Task<IResult> List(HttpContext context, ISnapshotQueries snapshots)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var sandbox = query.Single("sandboxID");
        var name = query.Single("name");
        var limit = query.Integer("limit", 1, LargestPage, LargestPage);
        var after = query.Single("nextToken") is { Length: > 0 } text && CursorText.Read(text) is { } place && SnapshotId.TryParse(place.Id, out var at)
            ? new SnapshotCursor(place.CreatedAt, at)
            : null;
        if (errors.Any)
            return ProblemResult.From(errors);
        if (sandbox is not null && SandboxName.ToSession(sandbox) is null)
            return Results.Json<IReadOnlyList<SnapshotInfo>>([], E2bJson.Default.IReadOnlyListSnapshotInfo);
        var filter = new SnapshotFilter(SandboxName.ToSession(sandbox), EmptyMaps.OfStrings);
        var page = await snapshots.List(context.Caller.TenantId, filter, after, limit, context.RequestAborted);
        if (page.Next is { } next)
            context.Response.Headers["X-Next-Token"] = CursorText.Write(next.CreatedAt, next.Id.ToString());
        return Results.Json<IReadOnlyList<SnapshotInfo>>(
            [.. page.Items.Where(snapshot => name is null || snapshot.Name == name).Select(InfoOf)], E2bJson.Default.IReadOnlyListSnapshotInfo);
    }

    public static async Task<IResult> Delete(string id, HttpContext context, IGrainFactory grains)
    {
        if (SnapshotEndpoints.Find(grains, SandboxTemplates.Resolve(Uri.UnescapeDataString(id)).Snapshot) is not { } grain)
            return ProblemResult.Of(RefusalCodes.NotFound, "There is no such snapshot. Templates are removed over /v1/templates.");
        var reply = await grain.Delete(context.Caller, context.RequestAborted);
        return reply.Refusal is { } refusal ? ProblemResult.From(refusal) : Results.NoContent();
    }

    public static async Task<IResult> Fork(string id, HttpContext context, IGrainFactory grains, IPlatform platform, SandboxViews views)
    {
        var errors = new RequestErrors();
        var request = await LenientBody.Read(context, E2bJson.Default.ForkSandbox, errors);
        SandboxEndpoints.CheckTimeout(request?.Timeout, platform, errors);
        return errors.Any ? ProblemResult.From(errors) : await SandboxEndpoints.Act(id, context, grains, async (grain, session) =>
        {
            var wanted = new ForkRequest { Count = request?.Count, Memory = HasMemory(session), TtlSeconds = request?.Timeout };
            var spec = SnapshotRequestMapping.ToFork(wanted, platform, errors);
            if (errors.Any)
                return ProblemResult.From(errors);
            var reply = await grain.Fork(context.Caller, spec, null, string.Empty, context.RequestAborted);
            if (reply.Value is not { } forks)
                return ProblemResult.From(reply.Refusal!);
            var made = new List<ForkOutcome>();
            foreach (var fork in forks.Sessions)
                made.Add(new ForkOutcome(await views.Handle(context, context.Caller.TenantId, fork)));
            return Results.Json<IReadOnlyList<ForkOutcome>>(made, E2bJson.Default.IReadOnlyListForkOutcome, statusCode: StatusCodes.Status201Created);
        });
    }

    private static bool HasMemory(SessionView session) => session.Isolation == IsolationClasses.Strong;

    private static SnapshotInfo InfoOf(SnapshotView snapshot) => new(snapshot.Id, snapshot.Name is { } name ? [name] : []);
}
