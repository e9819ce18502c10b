using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>Follows the audit record by its sequence.</summary>
internal sealed class SqliteAuditFeed(SqliteReaders readers, AppendSignals signals) : IAuditFeed
{
    internal const string FollowText = """
        SELECT sequence, action, previous_hash, hash, body FROM audit_events WHERE tenant_id = ? AND sequence > ? ORDER BY sequence LIMIT ?
        """;

    public Task<long> Head(string tenantId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session => AuditTable.Head(session, tenantId).Sequence));
    }

    public Task<AuditRun> Read(string tenantId, long after, IReadOnlySet<string> actions, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare(FollowText);
            statement.Bind(tenantId).Bind(after).Bind((long)limit);
            var items = new List<AuditEntry>();
            var (last, looked) = (after, 0);
            while (statement.Step())
            {
                (last, looked) = (statement.Int64(0), looked + 1);
                if (actions.Contains(statement.Text(1)))
                    items.Add(new AuditEntry(last, Convert.ToHexStringLower(statement.Blob(2)), Convert.ToHexStringLower(statement.Blob(3)), statement.Blob(4).ToArray()));
            }

            return new AuditRun(items, last, looked == limit);
        }));
    }

    public Task Appended(string tenantId) => signals.Next(tenantId);
}
