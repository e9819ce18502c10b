using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>
/// One service: a program that answers at a port of its own sandbox. Owns its state machine, its sandbox and its tokens; keyed by
/// <see cref="ServiceId"/>. What it was stays readable after its end.
/// </summary>
[Alias("sandbox.service")]
public interface IServiceGrain : IGrainWithStringKey
{
    /// <summary>Makes the service with its sandbox, durably, or refuses it; its program is started afterwards. Idempotent, as a session's creation is.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="fingerprint">Hash of the request that made <paramref name="spec"/>.</param>
    /// <param name="cancellationToken">Cancels the call, not the service.</param>
    [Alias("create"), ResponseTimeout("00:15:00")]
    Task<Reply<ServiceCreation>> Create(Caller caller, ServiceSpec spec, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The service, after waiting at most <paramref name="wait"/> (10 s at most) while it is starting.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<ServiceView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Stops it and cuts what is open to it; one that is over is left as it is.</summary>
    [Alias("stop")]
    Task<Reply<ServiceView>> Stop(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Output of an attempt from an offset on, waiting at most <paramref name="wait"/> (10 s at most) for the first byte.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="attempt">The attempt, from 1; 0 for the last one.</param>
    /// <param name="stream">One of the streams' names; null for both, as they came.</param>
    /// <param name="from">Bytes of the stream to pass over.</param>
    /// <param name="limit">Most bytes to answer with.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("log"), AlwaysInterleave]
    Task<Reply<ServiceLog>> ReadLog(Caller caller, int attempt, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Events of an attempt's output with an id above <paramref name="after"/>, waiting at most <paramref name="wait"/> (10 s at most) for the first.</summary>
    [Alias("log_events"), AlwaysInterleave]
    Task<Reply<ServiceLogPage>> ReadLogEvents(Caller caller, int attempt, long after, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Makes another token.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="seconds">Seconds that it is good for; null for as long as the service lives.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("make_token")]
    Task<Reply<NewServiceToken>> MakeToken(Caller caller, double? seconds, CancellationToken cancellationToken = default);

    /// <summary>The tokens that open it.</summary>
    [Alias("tokens"), AlwaysInterleave]
    Task<Reply<ServiceTokens>> ListTokens(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Revokes a token: what came with it is cut before the answer.</summary>
    [Alias("revoke_token")]
    Task<Reply<ServiceTokens>> RevokeToken(Caller caller, string tokenId, CancellationToken cancellationToken = default);

    /// <summary>Who holds a token; null where it opens nothing here.</summary>
    /// <param name="hash">What <see cref="ServiceTokenText.HashOf"/> makes of it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("find_token"), AlwaysInterleave]
    Task<ServiceTokenHolder?> FindToken(string hash, CancellationToken cancellationToken = default);

    /// <summary>Where its port is reached, if it answers; otherwise why it does not, and to its tenant's callers what its program said last.</summary>
    [Alias("reach"), AlwaysInterleave]
    Task<Reply<PortPlace>> Reach(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Why a request did not come through, in the words of <see cref="Reach"/>.</summary>
    /// <param name="caller">Who asked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("explain"), AlwaysInterleave]
    Task<Refusal> Explain(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Takes up what an earlier process left. Harmless at any time.</summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);

    /// <summary>Ends the service if its time is over, and removes it if it ended before <paramref name="endedBefore"/>.</summary>
    [Alias("expire")]
    Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default);
}
