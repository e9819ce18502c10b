using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>
/// Where the versions of policies are kept: only ever added to. Acknowledged is durable, and every read sees what any process
/// wrote before it, so that a decision can go by what it reads.
/// </summary>
public interface IPolicyStore
{
    /// <summary>Adds the version that follows upon the last one, and the record of that; false, and nothing, where another one was added before.</summary>
    Task<bool> Append(PolicyVersion version, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>The last version, be it a removal; null where there never was one.</summary>
    Task<PolicyVersion?> Last(string tenantId, string name, CancellationToken cancellationToken = default);

    /// <summary>A version by its number.</summary>
    Task<PolicyVersion?> Find(string tenantId, string name, int version, CancellationToken cancellationToken = default);

    /// <summary>Present versions of the policies of a tenant that are not removed, in the order of their names.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="after">Name of the last one of the page before; null for the first page.</param>
    /// <param name="limit">Most of a page, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<PolicyPage> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Versions of a policy, the last one first, removals included.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="name">Name of the policy.</param>
    /// <param name="before">Version of the last one of the page before; null for the first page.</param>
    /// <param name="limit">Most of a page, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<PolicyPage> Versions(string tenantId, string name, int? before, int limit, CancellationToken cancellationToken = default);
}

/// <summary>A page of policies or of versions of one.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="HasMore">Whether another page follows the last item.</param>
public sealed record PolicyPage(IReadOnlyList<PolicyVersion> Items, bool HasMore);
