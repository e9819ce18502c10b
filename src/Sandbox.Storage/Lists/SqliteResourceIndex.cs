using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Lists;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Lists;

/// <summary>Rows of the query tables by id.</summary>
internal sealed class SqliteResourceIndex(SqliteReaders readers, GrainStateJson json) : IResourceIndex
{
    public Task<IndexedResource?> Find(string type, string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(type switch
        {
            "job" => Read<JobView>(IndexTable.Jobs, id),
            "session" => Read<SessionView>(IndexTable.Sessions, id),
            "service" => Read<ServiceView>(IndexTable.Services, id),
            "snapshot" => Read<SnapshotView>(IndexTable.Snapshots, id),
            "workflow" => Read<WorkflowView>(IndexTable.Workflows, id),
            _ => null,
        });
    }

    private IndexedResource? Read<TView>(IndexTable table, string id)
        where TView : class => readers.Read(session =>
    {
        using var statement = session.Prepare($"SELECT tenant_id, view FROM {table.Name} WHERE id = ?");
        statement.Bind(id);
        return statement.Step() ? new IndexedResource(statement.Text(0), json.Deserialize<TView>(statement.Blob(1))!) : null;
    });
}
