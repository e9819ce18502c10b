using System.Text;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Audit;

/// <summary>Reads events by the indexes. Within a tenant time rises with the sequence, so that a time is a place in the chain.</summary>
internal static class AuditReader
{
    internal const string OldestText = $"SELECT {Columns} FROM audit_events WHERE tenant_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?";

    internal const string LastBeforeText = "SELECT sequence FROM audit_events WHERE tenant_id = ? AND at < ? ORDER BY at DESC, sequence DESC LIMIT 1";

    // Looking at more only to find out what leads would cost more than it saves.
    private const int MostCounted = 10_000;

    private const string Columns = "sequence, previous_hash, hash, body";

    public static AuditPage Newest(SqliteSession session, AuditQuery query)
    {
        // One more than asked for tells whether another page follows.
        var found = Newest(session, query, query.Limit + 1);
        if (found.Count <= query.Limit)
            return new AuditPage(found, null);
        found.RemoveAt(query.Limit);
        return new AuditPage(found, found[^1].Sequence);
    }

    /// <summary>Events in order, from behind one sequence up to another.</summary>
    public static List<AuditEntry> Oldest(SqliteSession session, string tenantId, long after, long last, int limit)
    {
        using var statement = session.Prepare(OldestText);
        return All(statement.Bind(tenantId).Bind(after).Bind(last).Bind((long)limit));
    }

    /// <summary>The last sequence before a time; 0 when there is none.</summary>
    public static long LastBefore(SqliteSession session, string tenantId, DateTimeOffset time)
    {
        using var statement = session.Prepare(LastBeforeText);
        return statement.Bind(tenantId).Bind(time).Step() ? statement.Int64(0) : 0;
    }

    /// <summary>The query for filters by some columns, the leading one first: each has an index that ends with the sequence.</summary>
    public static string NewestText(IReadOnlyList<string> columns)
    {
        var text = new StringBuilder($"SELECT {Columns} FROM audit_events ");
        if (columns.Count > 0)
            text.Append($"INDEXED BY audit_by_{columns[0]} ");
        text.Append("WHERE tenant_id = ? AND sequence > ? AND sequence < ?");
        foreach (var column in columns)
            text.Append($" AND {column} = ?");
        return text.Append(" ORDER BY sequence DESC LIMIT ?").ToString();
    }

    /// <summary>Counts up to a bound what a filter by a column lets through.</summary>
    public static string CountText(string column) => $"""
        SELECT count(*) FROM (
          SELECT 1 FROM audit_events INDEXED BY audit_by_{column} WHERE tenant_id = ? AND {column} = ? AND sequence > ? AND sequence < ? LIMIT ?)
        """;

    private static List<AuditEntry> Newest(SqliteSession session, AuditQuery query, int limit)
    {
        var after = query.From is { } from ? LastBefore(session, query.TenantId, from) : 0;
        var before = query.Before ?? long.MaxValue;
        if (query.To is { } to)
            before = Math.Min(before, LastBefore(session, query.TenantId, to) + 1);
        (string Column, string? Value)[] filters =
            [("resource", query.Resource), ("actor", query.Actor), ("action", query.Action), ("outcome", query.Outcome)];
        var set = filters.Where(filter => filter.Value is not null).ToList();
        // What the leading filter lets through is looked at until the page is full: the rarest leads.
        if (set.Count > 1)
            set = [.. set.OrderBy(filter => Count(session, query.TenantId, after, before, filter.Column, filter.Value!))];
        using var statement = session.Prepare(NewestText([.. set.Select(filter => filter.Column)]));
        statement.Bind(query.TenantId).Bind(after).Bind(before);
        foreach (var (_, value) in set)
            statement.Bind(value);
        return All(statement.Bind((long)limit));
    }

    private static long Count(SqliteSession session, string tenantId, long after, long before, string column, string value)
    {
        using var statement = session.Prepare(CountText(column));
        return statement.Bind(tenantId).Bind(value).Bind(after).Bind(before).Bind((long)MostCounted).Step() ? statement.Int64(0) : 0;
    }

    private static List<AuditEntry> All(SqliteStatement statement)
    {
        var entries = new List<AuditEntry>();
        while (statement.Step())
        {
            entries.Add(new AuditEntry(
                statement.Int64(0),
                Convert.ToHexStringLower(statement.Blob(1)),
                Convert.ToHexStringLower(statement.Blob(2)),
                statement.Blob(3).ToArray()));
        }

        return entries;
    }
}
