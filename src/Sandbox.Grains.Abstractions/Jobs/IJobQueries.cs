namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>
/// Lists of jobs, from query tables that are written in the same transaction as the jobs' state.
/// Reads see every acknowledged write.
/// </summary>
public interface IJobQueries
{
    /// <summary>Jobs of a tenant, newest first, without their output.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">What to keep.</param>
    /// <param name="cursor">Where the page before ended; null for the first page.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<JobPage> List(string tenantId, JobFilter filter, JobCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Every job of a node that has not ended, in order of creation.</summary>
    IAsyncEnumerable<OpenJob> ListOpen(string node, CancellationToken cancellationToken = default);

    /// <summary>Up to <paramref name="limit"/> jobs, of all tenants, that ended before <paramref name="endedBefore"/>.</summary>
    Task<IReadOnlyList<JobId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default);
}

/// <summary>Filter of a list; null members filter nothing.</summary>
/// <param name="Status">Only jobs in this state.</param>
/// <param name="Metadata">Only jobs that carry all of these labels with these values.</param>
public sealed record JobFilter(JobStatus? Status, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Key of the last row of a page (keyset pagination).</summary>
/// <param name="CreatedAt">Its creation time.</param>
/// <param name="Id">Its id.</param>
public sealed record JobCursor(DateTimeOffset CreatedAt, JobId Id);

/// <summary>A page of jobs.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="Next">Where the next page begins; null on the last.</param>
public sealed record JobPage(IReadOnlyList<JobView> Items, JobCursor? Next);

/// <summary>A job that has not ended.</summary>
/// <param name="Id">The job.</param>
/// <param name="SandboxId">The sandbox it holds; null while queued.</param>
public sealed record OpenJob(JobId Id, string? SandboxId);
