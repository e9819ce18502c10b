using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.Lists;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Workflows;

/// <summary>Lists of workflows from the query tables.</summary>
internal sealed class SqliteWorkflowQueries(ListReader reader, SqliteReaders readers) : IWorkflowQueries
{
    public Task<WorkflowPage> List(
        string tenantId, WorkflowFilter filter, WorkflowCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        var after = cursor is null ? default((DateTimeOffset, string)?) : (cursor.CreatedAt, cursor.Id.ToString());
        var (items, next) = reader.Page<WorkflowView>(
            new ListStatement(IndexTable.Workflows, (int?)filter.Status, filter.Metadata), tenantId, after, limit, cancellationToken);
        return Task.FromResult(new WorkflowPage(items, next is { } last ? new WorkflowCursor(last.CreatedAt, ParseId(last.Id)) : null));
    }

    public Task<int> CountOpen(string tenantId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"SELECT count(*) FROM workflows WHERE tenant_id = ? AND status <= {(int)WorkflowStatus.Stopping}");
            return statement.Bind(tenantId).Step() ? (int)statement.Int64(0) : 0;
        }));
    }

    public IAsyncEnumerable<WorkflowId> ListOpen(string node, CancellationToken cancellationToken = default) =>
        reader.Open(IndexTable.Workflows, node, cancellationToken).Select(row => ParseId(row.Id));

    public Task<IReadOnlyList<WorkflowId>> ListEnded(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<WorkflowId>>([.. reader.Before(IndexTable.Workflows.EndedText, endedBefore, limit, cancellationToken).Select(ParseId)]);

    private static WorkflowId ParseId(string text) =>
        WorkflowId.TryParse(text, out var id) ? id : throw new InvalidDataException("A row of the workflows table has no valid id.");
}
