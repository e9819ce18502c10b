using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>A service as callers see it.</summary>
/// <param name="Id">The service's id.</param>
/// <param name="Status">State now.</param>
/// <param name="Cause">One of <see cref="ServiceCauses"/>, where it is over.</param>
/// <param name="Port">Port at which it answers.</param>
/// <param name="Health">How it is looked at.</param>
/// <param name="Attempts">How often its program was started.</param>
/// <param name="MaxAttempts">How often it may fail on end.</param>
/// <param name="LastAttempt">Why the attempt before was over; null where there was none.</param>
/// <param name="Language">Language of its code; null for a command.</param>
/// <param name="Isolation">Isolation class it runs under.</param>
/// <param name="Template">Root file system; null for the default one.</param>
/// <param name="Limits">Effective limits.</param>
/// <param name="Node">Node that holds its sandbox.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="Decision">What policy said.</param>
/// <param name="Metadata">Caller's labels.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ReadyAt">Since when it answers.</param>
/// <param name="RestartAt">When its program is started again.</param>
/// <param name="ExpiresAt">When its time to live is over.</param>
/// <param name="EndedAt">When it was over.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.view")]
public sealed record ServiceView(
    [property: Id(0)] string Id,
    [property: Id(1)] ServiceStatus Status,
    [property: Id(2)] string? Cause,
    [property: Id(3)] int Port,
    [property: Id(4)] ServiceHealth Health,
    [property: Id(5)] int Attempts,
    [property: Id(6)] int MaxAttempts,
    [property: Id(7)] ServiceAttemptEnd? LastAttempt,
    [property: Id(8)] string? Language,
    [property: Id(9)] string Isolation,
    [property: Id(10)] string? Template,
    [property: Id(11)] ResourceLimits Limits,
    [property: Id(12)] string Node,
    [property: Id(13)] string AgentId,
    [property: Id(14)] PolicyDecision Decision,
    [property: Id(15)] IReadOnlyDictionary<string, string> Metadata,
    [property: Id(16)] DateTimeOffset CreatedAt,
    [property: Id(17)] DateTimeOffset? ReadyAt,
    [property: Id(18)] DateTimeOffset? RestartAt,
    [property: Id(19)] DateTimeOffset ExpiresAt,
    [property: Id(20)] DateTimeOffset? EndedAt)
{
    /// <summary>Whether it is over.</summary>
    public bool Ended => Status is ServiceStatus.Stopped or ServiceStatus.Failed;
}

/// <summary>How an attempt to run a service's program was over.</summary>
/// <param name="Cause">One of <see cref="ServiceCauses"/>.</param>
/// <param name="ExitCode">Its exit code, where it ended by itself.</param>
/// <param name="Signal">The signal that ended it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.attempt_end")]
public sealed record ServiceAttemptEnd([property: Id(0)] string Cause, [property: Id(1)] int? ExitCode = null, [property: Id(2)] string? Signal = null);

/// <summary>Answer to a creation.</summary>
/// <param name="Service">The service, as it stands.</param>
/// <param name="Token">Its first token; null where the request was a repetition: it is kept as a hash alone.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.service.creation")]
public sealed record ServiceCreation([property: Id(0)] ServiceView Service, [property: Id(1)] string? Token, [property: Id(2)] bool Replayed);
