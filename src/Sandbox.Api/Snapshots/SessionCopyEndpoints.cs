using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Sessions;
using Sandbox.Api.Snapshots.Requests;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;

namespace Sandbox.Api.Snapshots;

/// <summary>The routes that copy a session: into a snapshot, and into forks.</summary>
internal static class SessionCopyEndpoints
{
    public static void MapSessionCopies(this RouteGroupBuilder sessions)
    {
        sessions.MapPost("/{id}/snapshot", CreateSnapshot).WithTags("Snapshots").AddEndpointFilter<AtHolder>().DescribeCreateSnapshot();
        sessions.MapPost("/{id}/fork", Fork).DescribeForkSession();
    }

    private static async Task<Results<Created<Snapshot>, ProblemResult>> CreateSnapshot(string id, HttpContext context, IGrainFactory grains)
    {
        if (!RequestBody.IsJsonOrNone(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SnapshotRequestMapping.ReadSnapshot(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        if (!SessionId.TryParse(id, out var session))
            return ProblemResult.NotFound();
        var spec = SnapshotRequestMapping.ToSpec(request, session, errors);
        if (errors.Any)
            return ProblemResult.From(errors);

        var caller = context.Caller;
        var snapshot = key is null ? SnapshotId.New() : SnapshotId.FromIdempotencyKey(caller.TenantId, key);
        // The session is part of the path, and so of what the key stands for.
        var fingerprint = key is null ? string.Empty : $"{id}:{RequestFingerprint.Compute(body!.Root)}";
        var reply = await grains.GetGrain<ISnapshotGrain>(snapshot.ToString()).Create(caller, spec, fingerprint, context.RequestAborted);
        if (reply.Value is not { } creation)
            return ProblemResult.From(reply.Refusal!);
        if (creation.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return TypedResults.Created($"/v1/snapshots/{creation.Snapshot.Id}", Snapshot.From(creation.Snapshot));
    }

    private static async Task<Results<Created<ForkList>, ProblemResult>> Fork(string id, HttpContext context, IGrainFactory grains, IPlatform platform)
    {
        if (!RequestBody.IsJsonOrNone(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        var key = IdempotencyKey.Read(context.Request, errors);
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        var request = body is null ? null : SnapshotRequestMapping.ReadFork(body.Root, errors);
        if (request is null)
            return ProblemResult.From(errors);
        var spec = SnapshotRequestMapping.ToFork(request, platform, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        if (SessionEndpoints.Find(grains, id) is not { } grain)
            return ProblemResult.NotFound();

        var fingerprint = key is null ? string.Empty : RequestFingerprint.Compute(body!.Root);
        var reply = await grain.Fork(context.Caller, spec, key, fingerprint, context.RequestAborted);
        if (reply.Value is not { } forks)
            return ProblemResult.From(reply.Refusal!);
        if (forks.Replayed)
            context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        return TypedResults.Created((string?)null, new ForkList { Items = [.. forks.Sessions.Select(Session.From)], Skipped = forks.Skipped });
    }
}

/// <summary>Sessions that were forked from another one.</summary>
public sealed record ForkList
{
    /// <summary>The new sessions.</summary>
    public required IReadOnlyList<Session> Items { get; init; }

    /// <summary>Files that each of them lacks, because the sandbox's user cannot read them or they lie too deep; not told to a repeated request.</summary>
    public long? Skipped { get; init; }
}
