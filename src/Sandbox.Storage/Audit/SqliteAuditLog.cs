using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>The audit record, through the writer of grain state: what queues together shares a commit.</summary>
internal sealed class SqliteAuditLog(SqliteWriter writer, TimeProvider time) : IAuditLog
{
    private const int PayloadBytes = 1024;

    public Task Append(AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                AuditTable.Append(session, [what], now);
                return true;
            },
            WriteScope.Savepoint,
            PayloadBytes,
            cancellationToken);
    }
}
