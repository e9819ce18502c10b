using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>A session as callers see it.</summary>
/// <param name="Id">The session's id.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">One of <see cref="SessionEndCauses"/>, where it has ended.</param>
/// <param name="Language">Language of steps that name none.</param>
/// <param name="Isolation">Isolation class it runs under.</param>
/// <param name="Template">Root file system; null for the default one.</param>
/// <param name="Limits">Effective limits.</param>
/// <param name="IdleSeconds">Seconds without work until it ends or pauses; null for no bound.</param>
/// <param name="OnIdle">One of <see cref="IdleActions"/>.</param>
/// <param name="Node">Node that holds its sandbox.</param>
/// <param name="Epoch">How many server processes have held it: rises by one when another one takes it over.</param>
/// <param name="Steps">Steps and background commands so far.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="Decision">What policy said.</param>
/// <param name="Metadata">Caller's labels.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When its time to live is over.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Snapshot">Snapshot that it was made from.</param>
/// <param name="PausedTo">Where a paused one keeps its memory, one of <see cref="PausePlaces"/>.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.view")]
public sealed record SessionView(
    [property: Id(0)] string Id,
    [property: Id(1)] SessionStatus Status,
    [property: Id(2)] string? Cause,
    [property: Id(3)] string Language,
    [property: Id(4)] string Isolation,
    [property: Id(5)] string? Template,
    [property: Id(6)] ResourceLimits Limits,
    [property: Id(7)] double? IdleSeconds,
    [property: Id(8)] string OnIdle,
    [property: Id(9)] string Node,
    [property: Id(10)] int Epoch,
    [property: Id(11)] long Steps,
    [property: Id(12)] string AgentId,
    [property: Id(13)] PolicyDecision Decision,
    [property: Id(14)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(15)] DateTimeOffset CreatedAt,
    [property: Id(16)] DateTimeOffset ExpiresAt,
    [property: Id(17)] DateTimeOffset? EndedAt,
    [property: Id(18)] string? Snapshot = null,
    [property: Id(19)] string? PausedTo = null);

/// <summary>Answer to a creation.</summary>
/// <param name="Session">The session, as it stands.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.creation")]
public sealed record SessionCreation([property: Id(0)] SessionView Session, [property: Id(1)] bool Replayed);
