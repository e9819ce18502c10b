using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Jobs;

/// <summary>A job's row of the query tables, taken on the grain's turn and written with its state.</summary>
internal sealed class JobIndexEntry : IDisposable
{
    private readonly JobRow _row;
    private readonly PooledBytes _view;

    private JobIndexEntry(JobRow row, PooledBytes view)
    {
        _row = row;
        _view = view;
    }

    public static JobIndexEntry From(JobRow row, GrainStateJson json) =>
        // Lists show no output, whatever the state's own view holds.
        new(row, json.Serialize(row.View with { Stdout = null, Stderr = null }));

    public void Write(SqliteSession session, long stateId)
    {
        UpsertJob(session, stateId);
        if (!MetadataMatches(session))
            ReplaceMetadata(session);
    }

    public void Dispose() => _view.Dispose();

    private void UpsertJob(SqliteSession session, long stateId)
    {
        using var statement = session.Prepare("""
            INSERT INTO jobs(id, state_id, tenant_id, status, created_at, finished_at, node, sandbox_id, view)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(id) DO UPDATE SET
              state_id = excluded.state_id, tenant_id = excluded.tenant_id, status = excluded.status,
              created_at = excluded.created_at, finished_at = excluded.finished_at, node = excluded.node,
              sandbox_id = excluded.sandbox_id, view = excluded.view
            """);
        statement
            .Bind(_row.Id.ToString())
            .Bind(stateId)
            .Bind(_row.TenantId)
            .Bind((long)_row.View.Status)
            .Bind(_row.View.CreatedAt)
            .Bind(_row.View.FinishedAt?.UtcTicks)
            .Bind(_row.Node)
            .Bind(_row.SandboxId)
            .Bind(_view.Written)
            .Execute();
    }

    // Labels hardly ever change, while the row changes with every state: comparing is cheaper than writing.
    private bool MetadataMatches(SqliteSession session)
    {
        using var statement = session.Prepare(
            "SELECT tenant_id, key, value, created_at FROM job_metadata WHERE job_id = ?");
        statement.Bind(_row.Id.ToString());
        var same = 0;
        while (statement.Step())
        {
            if (statement.Text(0) != _row.TenantId
                || statement.Int64(3) != _row.View.CreatedAt.UtcTicks
                || !_row.View.Metadata.TryGetValue(statement.Text(1), out var value)
                || statement.Text(2) != value)
                return false;
            same++;
        }

        return same == _row.View.Metadata.Count;
    }

    private void ReplaceMetadata(SqliteSession session)
    {
        using (var delete = session.Prepare("DELETE FROM job_metadata WHERE job_id = ?"))
            delete.Bind(_row.Id.ToString()).Execute();
        foreach (var (key, value) in _row.View.Metadata)
        {
            using var insert = session.Prepare(
                "INSERT INTO job_metadata(tenant_id, key, value, created_at, job_id) VALUES(?, ?, ?, ?, ?)");
            insert.Bind(_row.TenantId).Bind(key).Bind(value).Bind(_row.View.CreatedAt).Bind(_row.Id.ToString()).Execute();
        }
    }
}
