using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Abstractions.Snapshots;

/// <summary>
/// Lists of snapshots, from query tables that are written in the same transaction as the snapshots' state.
/// Reads see every acknowledged write.
/// </summary>
public interface ISnapshotQueries
{
    /// <summary>Complete snapshots of a tenant, newest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">What to keep.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<SnapshotPage> List(string tenantId, SnapshotFilter filter, SnapshotCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Every snapshot that a node had begun to make or to remove.</summary>
    IAsyncEnumerable<SnapshotId> ListUnfinished(string node, CancellationToken cancellationToken = default);

    /// <summary>Up to <paramref name="limit"/> snapshots, of all tenants, whose time was over before <paramref name="expiredBefore"/>.</summary>
    Task<IReadOnlyList<SnapshotId>> ListExpired(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Filter of a list; null members filter nothing.</summary>
/// <param name="SessionId">Only snapshots of this session.</param>
/// <param name="Metadata">Only snapshots that carry all of these labels with these values.</param>
public sealed record SnapshotFilter(SessionId? SessionId, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Key of the last row of a page (keyset pagination).</summary>
/// <param name="CreatedAt">Its creation time.</param>
/// <param name="Id">Its id.</param>
public sealed record SnapshotCursor(DateTimeOffset CreatedAt, SnapshotId Id);

/// <summary>A page of snapshots.</summary>
/// <param name="Items">The snapshots.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record SnapshotPage(IReadOnlyList<SnapshotView> Items, SnapshotCursor? Next);

/// <summary>The row of a snapshot in the query tables.</summary>
/// <param name="Id">The snapshot.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="Status">Whether it is complete.</param>
/// <param name="Node">Node that makes it.</param>
/// <param name="View">The snapshot as lists show it.</param>
public sealed record SnapshotRow(SnapshotId Id, string TenantId, SnapshotStatus Status, string Node, SnapshotView View);

/// <summary>State of a snapshot.</summary>
public enum SnapshotStatus
{
    /// <summary>It is being made, or removed: nobody sees it.</summary>
    Unfinished = 0,

    /// <summary>All of it is stored.</summary>
    Ready = 1,
}

/// <summary>Grain state that has a row in the query tables of snapshots; see <see cref="Jobs.IJobIndexed"/>.</summary>
public interface ISnapshotIndexed
{
    /// <summary>The row for this state.</summary>
    SnapshotRow ToRow();
}
