using System.Text.Json;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>
/// Goes through a chain from its first event to a head, row by row, and holds one hash. What is hashed is the body; the columns
/// that queries go by have to say the same.
/// </summary>
internal sealed class AuditChain(string tenantId, AuditHead head)
{
    private byte[] _previous = new byte[AuditFormat.HashBytes];

    /// <summary>Events found in order.</summary>
    public long Events { get; private set; }

    /// <summary>The first that is not as it was written, and why.</summary>
    public (long Sequence, string Reason)? Broken { get; private set; }

    /// <summary>Takes some rows; false when there is nothing more to see.</summary>
    public bool Read(SqliteSession session, int limit)
    {
        using var statement = session.Prepare("""
            SELECT sequence, previous_hash, hash, body, at, actor, action, resource, outcome FROM audit_events
             WHERE tenant_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?
            """);
        // The first time from below all numbers: a row before the first is one too many.
        statement.Bind(tenantId).Bind(Events == 0 ? long.MinValue : Events).Bind(head.Sequence).Bind((long)limit);
        var rows = 0;
        while (Broken is null && statement.Step())
        {
            rows++;
            Take(statement);
        }

        return Broken is null && rows == limit;
    }

    /// <summary>When all rows up to the head have been taken: whether it is the head.</summary>
    public void End(SqliteSession session)
    {
        if (Broken is not null)
            return;
        if (Events < head.Sequence)
            Broken = (Events + 1, "The event is missing.");
        else if (!_previous.AsSpan().SequenceEqual(head.Hash))
            Broken = (Math.Max(Events, 1), "The head of the chain names another hash.");
        else if (BehindHead(session) is { } surplus)
            Broken = (surplus, "The event is behind the head of the chain.");
    }

    private void Take(SqliteStatement row)
    {
        var sequence = row.Int64(0);
        var expected = Events + 1;
        if (sequence != expected)
            Broken = sequence > expected ? (expected, "The event is missing.") : (sequence, "The event is before the first of the chain.");
        else if (!row.Blob(1).SequenceEqual(_previous))
            Broken = (sequence, "The event does not follow the one before it.");
        else if (AuditFormat.Hash(tenantId, sequence, _previous, row.Blob(3)) is var hash && !row.Blob(2).SequenceEqual(hash))
            Broken = (sequence, "The event is not the one that was hashed.");
        else if (!SaysTheSame(row))
            Broken = (sequence, "A column says something else than the event.");
        else
            (_previous, Events) = (hash, sequence);
    }

    private static bool SaysTheSame(SqliteStatement row)
    {
        try
        {
            using var body = JsonDocument.Parse(row.Blob(3).ToArray());
            var root = body.RootElement;
            return root.GetProperty("time").GetDateTimeOffset().UtcTicks == row.Int64(4)
                && root.GetProperty("actor").GetProperty("agentId").GetString() == row.Text(5)
                && root.GetProperty("action").GetString() == row.Text(6)
                && root.GetProperty("resource").GetProperty("id").GetString() == row.Text(7)
                && root.GetProperty("outcome").GetString() == row.Text(8);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    // One statement sees one state of the database, whoever appends meanwhile.
    private long? BehindHead(SqliteSession session)
    {
        using var statement = session.Prepare("""
            SELECT sequence FROM audit_events WHERE tenant_id = ?
               AND sequence > (SELECT coalesce(max(sequence), 0) FROM audit_heads WHERE tenant_id = ?)
             ORDER BY sequence LIMIT 1
            """);
        return statement.Bind(tenantId).Bind(tenantId).Step() ? statement.Int64(0) : null;
    }
}
