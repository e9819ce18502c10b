using System.Runtime.CompilerServices;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Jobs;

/// <summary>Lists of jobs from the query tables.</summary>
internal sealed class SqliteJobQueries(SqliteReaders readers, GrainStateJson json) : IJobQueries
{
    internal const string OpenText = """
        SELECT created_at, id, sandbox_id FROM jobs
         WHERE node = ? AND status < 2 AND (created_at, id) > (?, ?)
         ORDER BY created_at, id LIMIT ?
        """;

    internal const string EndedText = """
        SELECT id FROM jobs WHERE finished_at IS NOT NULL AND finished_at < ? ORDER BY finished_at, id LIMIT ?
        """;

    private const int MaxLimit = 1000;
    private const int OpenPageSize = 500;

    public Task<JobPage> List(
        string tenantId, JobFilter filter, JobCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => ReadPage(session, tenantId, filter, cursor, limit)));
    }

    public async IAsyncEnumerable<OpenJob> ListOpen(
        string node, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Pages, so that no read transaction is open while the caller works on a job.
        var after = (CreatedAt: 0L, Id: string.Empty);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = readers.Read(session => ReadOpen(session, node, after));
            foreach (var row in page)
                yield return row.Job;
            if (page.Count < OpenPageSize)
                yield break;
            after = (page[^1].CreatedAt, page[^1].Job.Id.ToString());
            await Task.Yield();
        }
    }

    public Task<IReadOnlyList<JobId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<JobId>>(session =>
        {
            using var statement = session.Prepare(EndedText);
            statement.Bind(endedBefore).Bind((long)limit);
            var ids = new List<JobId>();
            while (statement.Step())
                ids.Add(ParseId(statement.Text(0)));
            return ids;
        }));
    }

    private JobPage ReadPage(SqliteSession session, string tenantId, JobFilter filter, JobCursor? cursor, int limit)
    {
        using var statement = session.Prepare(JobListStatement.Text(filter, cursor is not null));
        // One more than asked for tells whether another page follows.
        JobListStatement.Bind(statement, tenantId, filter, cursor, limit + 1);
        var items = new List<JobView>();
        JobCursor? last = null;
        while (statement.Step())
        {
            if (items.Count == limit)
                return new JobPage(items, last);
            items.Add(json.Deserialize<JobView>(statement.Blob(2))!);
            last = new JobCursor(statement.Time(0), ParseId(statement.Text(1)));
        }

        return new JobPage(items, Next: null);
    }

    private static List<(long CreatedAt, OpenJob Job)> ReadOpen(SqliteSession session, string node, (long CreatedAt, string Id) after)
    {
        using var statement = session.Prepare(OpenText);
        statement.Bind(node).Bind(after.CreatedAt).Bind(after.Id).Bind((long)OpenPageSize);
        var page = new List<(long, OpenJob)>();
        while (statement.Step())
            page.Add((statement.Int64(0), new OpenJob(ParseId(statement.Text(1)), statement.TextOrNull(2))));
        return page;
    }

    private static JobId ParseId(string text) =>
        JobId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the jobs table has no valid id.");
}
