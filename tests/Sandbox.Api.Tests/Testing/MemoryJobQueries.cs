using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Testing;

/// <summary>A list of jobs in memory, ordered and cut as the contract says.</summary>
internal sealed class MemoryJobQueries : IJobQueries
{
    private readonly List<JobView> _jobs = [];

    public void Add(JobView view) => _jobs.Add(view with { Stdout = null, Stderr = null });

    public Task<JobPage> List(string tenantId, JobFilter filter, JobCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        Assert.InRange(limit, 1, 1000);
        var found = _jobs
            .Where(_ => tenantId == WellKnownTenants.Default)
            .Where(job => filter.Status is null || job.Status == filter.Status)
            .Where(job => filter.Metadata.All(label => job.Metadata.TryGetValue(label.Key, out var value) && value == label.Value))
            .OrderByDescending(job => job.CreatedAt).ThenByDescending(job => job.Id, StringComparer.Ordinal)
            .SkipWhile(job => cursor is not null && string.CompareOrdinal(job.Id, cursor.Id.ToString()) != 0)
            .Skip(cursor is null ? 0 : 1)
            .ToList();
        var items = found.Take(limit).ToList();
        return Task.FromResult(new JobPage(items, found.Count > limit && JobId.TryParse(items[^1].Id, out var id) ? new JobCursor(items[^1].CreatedAt, id) : null));
    }

    public async IAsyncEnumerable<OpenJob> ListOpen(
        string node, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<IReadOnlyList<JobId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JobId>>([]);
}
