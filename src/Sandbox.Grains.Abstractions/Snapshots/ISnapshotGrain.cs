using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Snapshots;

/// <summary>
/// One snapshot; keyed by <see cref="SnapshotId"/>. It is there when all of it is stored, and before that and after it was
/// deleted there is none, wherever the server may have been killed in between.
/// </summary>
[Alias("sandbox.snapshot")]
public interface ISnapshotGrain : IGrainWithStringKey
{
    /// <summary>Makes the snapshot, durably, or refuses it. Idempotent, as a session's creation is. As long as the files are to be read.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What it shall be.</param>
    /// <param name="fingerprint">Hash of the request that made <paramref name="spec"/>.</param>
    /// <param name="cancellationToken">Ends it; nothing remains.</param>
    [Alias("create"), ResponseTimeout("00:15:00")]
    Task<Reply<SnapshotCreation>> Create(Caller caller, SnapshotSpec spec, string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>The snapshot.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<SnapshotView>> Get(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Removes it; sessions that were made from it stay.</summary>
    [Alias("delete")]
    Task<Reply<SnapshotView>> Delete(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Clears away what an earlier process left half-made or half-removed. Harmless at any time.</summary>
    [Alias("recover")]
    Task Recover(CancellationToken cancellationToken = default);

    /// <summary>Removes it if its time is over.</summary>
    [Alias("expire")]
    Task Expire(CancellationToken cancellationToken = default);
}
