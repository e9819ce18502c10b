using System.Text;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Lists;

/// <summary>
/// The statement behind a list: always one range of an index that begins with the tenant, in the order of the list.
/// Text depends only on which filters are set, so that prepared statements stay few.
/// </summary>
internal sealed record ListStatement(IndexTable Table, int? Status, IReadOnlyDictionary<string, string> Metadata)
{
    private string HasLabel => $"""
        EXISTS(SELECT 1 FROM {Table.Labels} l WHERE l.tenant_id = ? AND l.key = ? AND l.value = ?
           AND l.created_at = j.created_at AND l.{Table.Key} = j.id)
        """;

    // Of the open states there are few resources, of the ended ones many: there the labels narrow down more.
    private bool StatusLeads => Metadata.Count == 0 || Status <= Table.LastOpenStatus;

    /// <summary>The text; parameters are bound by <see cref="Bind"/>. Columns: created_at, id, view.</summary>
    public string Text(bool hasCursor) => StatusLeads ? FromTable(hasCursor) : FromMetadata(hasCursor);

    public void Bind(SqliteStatement statement, string tenantId, (DateTimeOffset CreatedAt, string Id)? cursor, int limit)
    {
        foreach (var (key, value) in Metadata)
            statement.Bind(tenantId).Bind(key).Bind(value);
        if (StatusLeads)
            statement.Bind(tenantId);
        if (Status is { } status)
            statement.Bind((long)status);
        if (cursor is { } after)
            statement.Bind(after.CreatedAt).Bind(after.Id);
        statement.Bind((long)limit);
    }

    private string FromTable(bool hasCursor)
    {
        var text = new StringBuilder($"SELECT j.created_at, j.id, j.view FROM {Table.Name} j WHERE ");
        for (var i = 0; i < Metadata.Count; i++)
            text.Append(HasLabel).Append(" AND ");
        text.Append("j.tenant_id = ?");
        if (Status is not null)
            text.Append(" AND j.status = ?");
        if (hasCursor)
            text.Append(" AND (j.created_at, j.id) < (?, ?)");
        return text.Append(" ORDER BY j.created_at DESC, j.id DESC LIMIT ?").ToString();
    }

    private string FromMetadata(bool hasCursor)
    {
        // CROSS JOIN: SQLite keeps the order of the tables.
        var text = new StringBuilder($"""
            SELECT m.created_at, m.{Table.Key}, j.view FROM {Table.Labels} m CROSS JOIN {Table.Name} j ON j.id = m.{Table.Key}
             WHERE m.tenant_id = ? AND m.key = ? AND m.value = ?
            """);
        for (var i = 1; i < Metadata.Count; i++)
            text.Append(" AND ").Append(HasLabel);
        if (Status is not null)
            text.Append(" AND j.status = ?");
        if (hasCursor)
            text.Append($" AND (m.created_at, m.{Table.Key}) < (?, ?)");
        return text.Append($" ORDER BY m.created_at DESC, m.{Table.Key} DESC LIMIT ?").ToString();
    }
}
