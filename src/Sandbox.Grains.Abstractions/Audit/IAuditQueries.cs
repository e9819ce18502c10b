namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>Reads the record that <see cref="IAuditLog"/> writes.</summary>
public interface IAuditQueries
{
    /// <summary>Events of a tenant, newest first.</summary>
    Task<AuditPage> Query(AuditQuery query, CancellationToken cancellationToken = default);

    /// <summary>Goes through the chain of a tenant, in memory that does not grow with it.</summary>
    Task<AuditVerification> Verify(string tenantId, CancellationToken cancellationToken = default);

    /// <summary>Events of a tenant, oldest first, as they were when the reading began.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="after">Sequence after which to begin; 0 for the first.</param>
    /// <param name="from">From this time; null from the first event.</param>
    /// <param name="to">Before this time; null up to the last event.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<AuditEntry> Export(
        string tenantId, long after, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken = default);
}

/// <summary>What to look for. Filters that are null let everything pass.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Limit">Most of a page, from 1.</param>
public sealed record AuditQuery(string TenantId, int Limit)
{
    /// <summary>From this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Id of the acting agent.</summary>
    public string? Actor { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public string? Action { get; init; }

    /// <summary>Id of the resource.</summary>
    public string? Resource { get; init; }

    /// <summary>One of <see cref="AuditOutcomes"/>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Only events before this sequence; null for the newest.</summary>
    public long? Before { get; init; }
}

/// <summary>An event in its place in the chain.</summary>
/// <param name="Sequence">From 1, without gaps within the tenant.</param>
/// <param name="PreviousHash">Hash of the event before it; zeros for the first. Lower-case hexadecimal.</param>
/// <param name="Hash">SHA-256 over tenant, sequence, previous hash and body. Lower-case hexadecimal.</param>
/// <param name="Body">The event as it was hashed: UTF-8 JSON in one line.</param>
public sealed record AuditEntry(long Sequence, string PreviousHash, string Hash, ReadOnlyMemory<byte> Body);

/// <summary>A page of events.</summary>
/// <param name="Items">The events.</param>
/// <param name="Next">Sequence before which the next page begins; null on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, long? Next);

/// <summary>What going through a chain has shown.</summary>
/// <param name="Events">How many events were found in order, from the first.</param>
/// <param name="HeadSequence">The sequence that the last event has; 0 where there is none.</param>
/// <param name="HeadHash">Its hash: kept elsewhere, it shows whether the whole chain was made anew.</param>
/// <param name="BrokenAt">The first sequence that is not as it was written; null where all are.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record AuditVerification(long Events, long HeadSequence, string HeadHash, long? BrokenAt = null, string? Reason = null)
{
    /// <summary>Whether the chain is whole.</summary>
    public bool Valid => BrokenAt is null;
}
