using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// Lists of sessions, from query tables that are written in the same transaction as the sessions' state.
/// Reads see every acknowledged write.
/// </summary>
public interface ISessionQueries
{
    /// <summary>Sessions of a tenant, newest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">What to keep.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<SessionPage> List(string tenantId, SessionFilter filter, SessionCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Every session of a node that has not ended, in order of creation.</summary>
    IAsyncEnumerable<OpenSession> ListOpen(string node, CancellationToken cancellationToken = default);

    /// <summary>The newest <paramref name="limit"/> sessions, of all tenants and nodes, that have not ended.</summary>
    Task<IReadOnlyList<LiveSessionOwner>> ListLive(int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Up to <paramref name="limit"/> sessions, of all tenants, whose time to live was over before
    /// <paramref name="expiredBefore"/> and that have not ended, or that ended before <paramref name="endedBefore"/>.
    /// </summary>
    Task<IReadOnlyList<SessionId>> ListDue(DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Filter of a list; null members filter nothing.</summary>
/// <param name="Status">Only sessions in this state. The row of a busy session says that it is ready.</param>
/// <param name="Metadata">Only sessions that carry all of these labels with these values.</param>
public sealed record SessionFilter(SessionStatus? Status, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Key of the last row of a page (keyset pagination).</summary>
/// <param name="CreatedAt">Its creation time.</param>
/// <param name="Id">Its id.</param>
public sealed record SessionCursor(DateTimeOffset CreatedAt, SessionId Id);

/// <summary>A page of sessions.</summary>
/// <param name="Items">The sessions.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionView> Items, SessionCursor? Next);

/// <summary>A session that has not ended.</summary>
/// <param name="Id">The session.</param>
/// <param name="SandboxId">The sandbox it holds.</param>
public sealed record OpenSession(SessionId Id, string? SandboxId);

/// <summary>Whose a session is that has not ended.</summary>
/// <param name="Id">The session.</param>
/// <param name="TenantId">Its tenant.</param>
public sealed record LiveSessionOwner(SessionId Id, string TenantId);

/// <summary>The row of a session in the query tables.</summary>
/// <param name="Id">The session.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="View">The session as lists show it.</param>
/// <param name="SandboxId">The sandbox it holds now; null when it holds none.</param>
/// <param name="Share">What it takes of its tenant's quotas.</param>
public sealed record SessionRow(SessionId Id, string TenantId, SessionView View, string? SandboxId, TenantShare Share = default);

/// <summary>Grain state that has a row in the query tables of sessions; see <see cref="Jobs.IJobIndexed"/>.</summary>
public interface ISessionIndexed
{
    /// <summary>The row for this state.</summary>
    SessionRow ToRow();
}
