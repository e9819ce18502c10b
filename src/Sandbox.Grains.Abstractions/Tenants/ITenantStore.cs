using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Grains.Abstractions.Tenants;

/// <summary>Where tenants are kept. Acknowledged is durable, and every read sees what any process wrote before it.</summary>
public interface ITenantStore
{
    /// <summary>Enters a tenant; false where there is one of its id.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="what">Recorded with it, or neither is written.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task<bool> Create(TenantRecord tenant, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>A tenant by its id.</summary>
    Task<TenantRecord?> Find(string id, CancellationToken cancellationToken = default);

    /// <summary>Sets what a tenant may use, in place of what was set before; false where there is no such tenant.</summary>
    /// <param name="id">The tenant.</param>
    /// <param name="quotas">What is set; null for nothing.</param>
    /// <param name="what">Recorded with it, or neither is written.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task<bool> SetQuotas(string id, QuotaOverrides? quotas, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Tenants in the order of their ids.</summary>
    /// <param name="after">Id of the last one of the page before; null for the first page.</param>
    /// <param name="limit">Most of a page, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<TenantPage> List(string? after, int limit, CancellationToken cancellationToken = default);
}

/// <summary>A tenant: the boundary of every resource.</summary>
/// <param name="Id">Its id: 1 to 64 characters of a-z, 0-9, _ and -.</param>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Quotas">What an operator has set for it; null for nothing.</param>
public sealed record TenantRecord(string Id, string Name, DateTimeOffset CreatedAt, QuotaOverrides? Quotas = null);

/// <summary>A page of tenants.</summary>
/// <param name="Items">The tenants.</param>
/// <param name="Next">Id after which the next page begins; null on the last one.</param>
public sealed record TenantPage(IReadOnlyList<TenantRecord> Items, string? Next);
