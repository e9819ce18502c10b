using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.Lists;

namespace Sandbox.Storage.Jobs;

/// <summary>Lists of jobs from the query tables.</summary>
internal sealed class SqliteJobQueries(ListReader reader) : IJobQueries
{
    public Task<JobPage> List(
        string tenantId, JobFilter filter, JobCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = cursor is null ? default((DateTimeOffset, string)?) : (cursor.CreatedAt, cursor.Id.ToString());
        var (items, next) = reader.Page<JobView>(
            new ListStatement(IndexTable.Jobs, (int?)filter.Status, filter.Metadata), tenantId, after, limit, cancellationToken);
        return Task.FromResult(new JobPage(items, next is { } last ? new JobCursor(last.CreatedAt, ParseId(last.Id)) : null));
    }

    public IAsyncEnumerable<OpenJob> ListOpen(string node, CancellationToken cancellationToken = default) =>
        reader.Open(IndexTable.Jobs, node, cancellationToken).Select(row => new OpenJob(ParseId(row.Id), row.SandboxId));

    public Task<IReadOnlyList<JobId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<JobId>>([.. reader.Before(IndexTable.Jobs.EndedText, endedBefore, limit, cancellationToken).Select(ParseId)]);

    private static JobId ParseId(string text) =>
        JobId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the jobs table has no valid id.");
}
