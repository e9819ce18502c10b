using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Snapshots;

/// <summary>A snapshot as callers see it.</summary>
/// <param name="Id">The snapshot's id.</param>
/// <param name="SessionId">The session that it was made of.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Memory">Whether it has variables and processes, too.</param>
/// <param name="SizeBytes">Bytes that it takes up before encryption.</param>
/// <param name="Skipped">Files that were left out because they cannot be kept: sockets, pipes, what the code shut itself out of, what is too deep.</param>
/// <param name="Language">Language of the session.</param>
/// <param name="Isolation">Isolation class of the session.</param>
/// <param name="Template">Root file system of the session; null for the default one.</param>
/// <param name="Limits">Limits of the session, which one that is made from it has by default.</param>
/// <param name="Env">Environment variables of the session, as the limits.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="Metadata">Caller's labels.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it is removed; null where it is kept.</param>
[GenerateSerializer, Immutable, Alias("sandbox.snapshot.view")]
public sealed record SnapshotView(
    [property: Id(0)] string Id,
    [property: Id(1)] string SessionId,
    [property: Id(2)] string? Name,
    [property: Id(3)] bool Memory,
    [property: Id(4)] long SizeBytes,
    [property: Id(5)] long Skipped,
    [property: Id(6)] string Language,
    [property: Id(7)] string Isolation,
    [property: Id(8)] string? Template,
    [property: Id(9)] ResourceLimits Limits,
    [property: Id(10)] IReadOnlyDictionary<string, string> Env,
    [property: Id(11)] string AgentId,
    [property: Id(12)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(13)] DateTimeOffset CreatedAt,
    [property: Id(14)] DateTimeOffset? ExpiresAt);

/// <summary>Answer to a creation.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.snapshot.creation")]
public sealed record SnapshotCreation([property: Id(0)] SnapshotView Snapshot, [property: Id(1)] bool Replayed);
