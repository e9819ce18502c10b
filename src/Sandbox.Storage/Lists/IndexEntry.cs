using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Quotas;
using Sandbox.Storage.Snapshots;
using Sandbox.Storage.Sqlite;
using Sandbox.Storage.Workflows;

namespace Sandbox.Storage.Lists;

/// <summary>A resource's row of the query tables, taken on the grain's turn and written with its state.</summary>
internal sealed class IndexEntry : IDisposable
{
    private readonly IndexRow _row;
    private readonly PooledBytes _view;
    private IReadOnlyDictionary<string, string>? _memory;
    private string _agent = string.Empty;

    private IndexEntry(IndexRow row, PooledBytes view)
    {
        _row = row;
        _view = view;
    }

    /// <summary>The entry of a state; null when states of its kind are in no list.</summary>
    public static IndexEntry? From(object? state, GrainStateJson json) => state switch
    {
        IJobIndexed job => Of(job.ToRow(), json),
        ISessionIndexed session => Of(session.ToRow(), json),
        IServiceIndexed service => Of(service.ToRow(), json),
        ISnapshotIndexed snapshot => Of(snapshot.ToRow(), json),
        IWorkflowIndexed workflow => Of(workflow.ToRow(), json),
        _ => null,
    };

    /// <exception cref="QuotaExceededException">Its share goes beyond the bound.</exception>
    public void Write(SqliteSession session, long stateId, QuotaBound? bound)
    {
        Upsert(session, stateId);
        if (bound is not null)
            TenantUsageTable.Check(session, _row.TenantId, _row.Share, bound);
        if (!MetadataMatches(session))
            ReplaceMetadata(session);
        if (_memory is { Count: > 0 })
            WorkflowMemoryTable.Begin(session, _row.Id, _memory, _agent, _row.CreatedAt);
    }

    public void Dispose() => _view.Dispose();

    private static IndexEntry Of(JobRow row, GrainStateJson json) => new(
        new IndexRow(
            IndexTable.Jobs, row.Id.ToString(), row.TenantId, (int)row.View.Status, row.View.CreatedAt, row.View.FinishedAt,
            row.Node, row.SandboxId, row.View.Metadata, null, row.Share),
        // Lists show no output, whatever the state's own view holds.
        json.Serialize(row.View with { Stdout = null, Stderr = null }));

    private static IndexEntry Of(SessionRow row, GrainStateJson json) => new(
        new IndexRow(
            IndexTable.Sessions, row.Id.ToString(), row.TenantId, (int)row.View.Status, row.View.CreatedAt, row.View.EndedAt,
            row.View.Node, row.SandboxId, row.View.Metadata, row.View.ExpiresAt, row.Share),
        json.Serialize(row.View));

    private static IndexEntry Of(ServiceRow row, GrainStateJson json) => new(
        new IndexRow(
            IndexTable.Services, row.Id.ToString(), row.TenantId, (int)row.View.Status, row.View.CreatedAt, row.View.EndedAt,
            row.View.Node, row.SandboxId, row.View.Metadata, row.View.ExpiresAt, row.Share),
        json.Serialize(row.View));

    private static IndexEntry Of(SnapshotRow row, GrainStateJson json) => new(
        new IndexRow(
            IndexTable.Snapshots, row.Id.ToString(), row.TenantId, (int)row.Status, row.View.CreatedAt, null,
            row.Node, null, SqliteSnapshotQueries.LabelsOf(row.View), row.View.ExpiresAt),
        json.Serialize(row.View));

    private static IndexEntry Of(WorkflowRow row, GrainStateJson json) => new(
        new IndexRow(
            IndexTable.Workflows, row.Id.ToString(), row.TenantId, (int)row.View.Status, row.View.CreatedAt, row.View.FinishedAt,
            row.Node, null, row.View.Metadata),
        json.Serialize(row.View))
    {
        _memory = row.Memory,
        _agent = row.View.AgentId,
    };

    private void Upsert(SqliteSession session, long stateId)
    {
        using var statement = session.Prepare(_row.Table.UpsertText);
        statement
            .Bind(_row.Id)
            .Bind(stateId)
            .Bind(_row.TenantId)
            .Bind((long)_row.Status)
            .Bind(_row.CreatedAt)
            .Bind(_row.FinishedAt?.UtcTicks)
            .Bind(_row.Node)
            .Bind(_row.SandboxId)
            .Bind(_view.Written);
        if (_row.Table.Expires)
            statement.Bind(_row.ExpiresAt?.UtcTicks);
        if (_row.Table.Shares)
            statement.Bind(_row.Share.Sandboxes).Bind(_row.Share.QueuedJobs).Bind(_row.Share.CpuMillis).Bind(_row.Share.MemoryBytes);
        statement.Execute();
    }

    // Labels hardly ever change, while the row changes with every state: comparing is cheaper than writing.
    private bool MetadataMatches(SqliteSession session)
    {
        using var statement = session.Prepare(
            $"SELECT tenant_id, key, value, created_at FROM {_row.Table.Labels} WHERE {_row.Table.Key} = ?");
        statement.Bind(_row.Id);
        var same = 0;
        while (statement.Step())
        {
            if (statement.Text(0) != _row.TenantId
                || statement.Int64(3) != _row.CreatedAt.UtcTicks
                || !_row.Metadata.TryGetValue(statement.Text(1), out var value)
                || statement.Text(2) != value)
                return false;
            same++;
        }

        return same == _row.Metadata.Count;
    }

    private void ReplaceMetadata(SqliteSession session)
    {
        var (labels, id) = (_row.Table.Labels, _row.Table.Key);
        using (var delete = session.Prepare($"DELETE FROM {labels} WHERE {id} = ?"))
            delete.Bind(_row.Id).Execute();
        foreach (var (key, value) in _row.Metadata)
        {
            using var insert = session.Prepare($"INSERT INTO {labels}(tenant_id, key, value, created_at, {id}) VALUES(?, ?, ?, ?, ?)");
            insert.Bind(_row.TenantId).Bind(key).Bind(value).Bind(_row.CreatedAt).Bind(_row.Id).Execute();
        }
    }
}
