using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Abstractions.Services;

/// <summary>Lists of services, from query tables that are written in the same transaction as their state. Reads see every acknowledged write.</summary>
public interface IServiceQueries
{
    /// <summary>Services of a tenant, newest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">What to keep.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<ServicePage> List(string tenantId, ServiceFilter filter, ServiceCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Every service of a node that is not over, in order of creation.</summary>
    IAsyncEnumerable<OpenService> ListOpen(string node, CancellationToken cancellationToken = default);

    /// <summary>How many services of a tenant are not over, beside some.</summary>
    int CountOpen(string tenantId, IReadOnlyCollection<string> except);

    /// <summary>
    /// Up to <paramref name="limit"/> services, of all tenants, whose time to live was over before <paramref name="expiredBefore"/> and
    /// that are not over, or that ended before <paramref name="endedBefore"/>.
    /// </summary>
    Task<IReadOnlyList<ServiceId>> ListDue(DateTimeOffset expiredBefore, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Filter of a list; null members filter nothing.</summary>
/// <param name="Status">Only services in this state.</param>
/// <param name="Metadata">Only services that carry all of these labels with these values.</param>
public sealed record ServiceFilter(ServiceStatus? Status, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Key of the last row of a page (keyset pagination).</summary>
/// <param name="CreatedAt">Its creation time.</param>
/// <param name="Id">Its id.</param>
public sealed record ServiceCursor(DateTimeOffset CreatedAt, ServiceId Id);

/// <summary>A page of services.</summary>
/// <param name="Items">The services.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record ServicePage(IReadOnlyList<ServiceView> Items, ServiceCursor? Next);

/// <summary>A service that is not over.</summary>
/// <param name="Id">The service.</param>
/// <param name="SandboxId">The sandbox it holds.</param>
public sealed record OpenService(ServiceId Id, string? SandboxId);

/// <summary>The row of a service in the query tables.</summary>
/// <param name="Id">The service.</param>
/// <param name="TenantId">Its tenant.</param>
/// <param name="View">The service as lists show it.</param>
/// <param name="SandboxId">The sandbox it holds now; null when it holds none.</param>
/// <param name="Share">What it takes of its tenant's quotas.</param>
public sealed record ServiceRow(ServiceId Id, string TenantId, ServiceView View, string? SandboxId, TenantShare Share);

/// <summary>Grain state that has a row in the query tables of services; see <see cref="Jobs.IJobIndexed"/>.</summary>
public interface IServiceIndexed
{
    /// <summary>The row for this state.</summary>
    ServiceRow ToRow();
}
