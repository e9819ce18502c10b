namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>Follows the record that <see cref="IAuditLog"/> writes, whichever process writes it.</summary>
public interface IAuditFeed
{
    /// <summary>The sequence of the last event of a tenant; 0 where there is none.</summary>
    Task<long> Head(string tenantId, CancellationToken cancellationToken = default);

    /// <summary>The events that follow a sequence, oldest first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="after">Sequence after which to begin; 0 for the first event.</param>
    /// <param name="actions">Of these actions alone; the others are passed over.</param>
    /// <param name="limit">Most events that are looked at, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<AuditRun> Read(string tenantId, long after, IReadOnlySet<string> actions, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when this process has written to the record of a tenant after the call, or maybe has. To be taken before a read that
    /// is to be waited for. What other processes write is not told: whoever waits looks again after a while.
    /// </summary>
    Task Appended(string tenantId);
}

/// <summary>A run of events.</summary>
/// <param name="Items">Those of the actions that were asked for, in order.</param>
/// <param name="Last">The sequence of the last one that was looked at, from where reading goes on.</param>
/// <param name="HasMore">Whether more may follow at once.</param>
public sealed record AuditRun(IReadOnlyList<AuditEntry> Items, long Last, bool HasMore);
