using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Nodes;

/// <summary>What is durable of nodes. The work of one is counted by the indexes of what has not ended.</summary>
internal sealed class SqliteNodeStore(SqliteWriter writer, SqliteReaders readers, TimeProvider time) : INodeStore
{
    public Task<IReadOnlyDictionary<string, DateTimeOffset>> ListDraining(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyDictionary<string, DateTimeOffset>>(readers.Read(static session =>
        {
            using var statement = session.Prepare("SELECT node, since FROM node_drains");
            var nodes = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            while (statement.Step())
                nodes[statement.Text(0)] = statement.Time(1);
            return nodes;
        }));

    public Task SetDraining(string node, bool on, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                using var statement = session.Prepare(on
                    ? "INSERT INTO node_drains(node, since) VALUES(?, ?) ON CONFLICT DO NOTHING"
                    : "DELETE FROM node_drains WHERE node = ?");
                statement.Bind(node);
                if (on)
                    statement.Bind(now);
                var isNew = statement.Execute() == 1;
                AuditTable.Append(session, isNew ? [what] : [], now);
                return isNew;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task<NodeWork> CountWork(string node, CancellationToken cancellationToken = default) => Task.FromResult(readers.Read(session => new NodeWork(
        Count(session, "jobs", $"status = {(int)JobStatus.Queued}", JobStatus.Running, node),
        Count(session, "jobs", $"status = {(int)JobStatus.Running}", JobStatus.Running, node),
        Count(session, "sessions", $"status < {(int)SessionStatus.Paused}", SessionStatus.Paused, node),
        Count(session, "sessions", $"status = {(int)SessionStatus.Paused} AND sandboxes > 0", SessionStatus.Paused, node),
        Count(session, "sessions", $"status = {(int)SessionStatus.Paused} AND sandboxes = 0", SessionStatus.Paused, node),
        Count(session, "services", "TRUE", ServiceStatus.Running, node))));

    // The bound on the status is what the index is of.
    private static int Count<TStatus>(SqliteSession session, string table, string which, TStatus lastOpen, string node)
        where TStatus : struct, Enum
    {
        using var statement = session.Prepare(
            $"SELECT count(*) FROM {table} WHERE node = ? AND status < {Convert.ToInt32(lastOpen) + 1} AND {which}");
        statement.Bind(node).Step();
        return (int)statement.Int64(0);
    }
}
