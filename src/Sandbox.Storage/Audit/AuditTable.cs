using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>
/// Appends within somebody's write transaction. The head is read there, under the lock of the database, so that the chain
/// does not fork however many processes write.
/// </summary>
internal static class AuditTable
{
    private static readonly byte[] s_noHash = new byte[AuditFormat.HashBytes];

    public static void Append(SqliteSession session, IReadOnlyList<AuditEvent> events, DateTimeOffset now)
    {
        foreach (var what in events)
            Append(session, what, now);
    }

    private static void Append(SqliteSession session, AuditEvent what, DateTimeOffset now)
    {
        var head = Head(session, what.TenantId);
        // A clock that was set back does not take the record with it: by time is by sequence.
        var at = head.At > now ? head.At : now;
        var sequence = head.Sequence + 1;
        var body = AuditFormat.Body(what, AuditEventId.New().ToString(), at);
        var hash = AuditFormat.Hash(what.TenantId, sequence, head.Hash, body);
        using (var insert = session.Prepare("""
            INSERT INTO audit_events(tenant_id, sequence, at, actor, action, resource, outcome, previous_hash, hash, body)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """))
        {
            insert.Bind(what.TenantId).Bind(sequence).Bind(at)
                .Bind(AuditFormat.Bounded(what.Actor.AgentId)).Bind(AuditFormat.Bounded(what.Action))
                .Bind(AuditFormat.Bounded(what.Resource.Id)).Bind(AuditFormat.Bounded(what.Outcome))
                .Bind(head.Hash).Bind(hash).Bind(body).Execute();
        }

        MoveHead(session, what.TenantId, sequence, at, hash);
        session.Recorded.Add(what.TenantId);
    }

    public static AuditHead Head(SqliteSession session, string tenantId)
    {
        using var statement = session.Prepare("SELECT sequence, at, hash FROM audit_heads WHERE tenant_id = ?");
        return statement.Bind(tenantId).Step()
            ? new AuditHead(statement.Int64(0), statement.Time(1), statement.Blob(2).ToArray())
            : new AuditHead(0, DateTimeOffset.MinValue, s_noHash);
    }

    private static void MoveHead(SqliteSession session, string tenantId, long sequence, DateTimeOffset at, byte[] hash)
    {
        if (sequence == 1)
        {
            using var insert = session.Prepare("INSERT INTO audit_heads(tenant_id, sequence, at, hash) VALUES(?, ?, ?, ?)");
            insert.Bind(tenantId).Bind(sequence).Bind(at).Bind(hash).Execute();
            return;
        }

        using var update = session.Prepare("UPDATE audit_heads SET sequence = ?, at = ?, hash = ? WHERE tenant_id = ?");
        update.Bind(sequence).Bind(at).Bind(hash).Bind(tenantId).Execute();
    }
}

/// <summary>Where a chain ends.</summary>
internal sealed record AuditHead(long Sequence, DateTimeOffset At, byte[] Hash);
