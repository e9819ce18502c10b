using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Jobs;

/// <summary>
/// The statement behind a list: always one range of an index that begins with the tenant, in the order of the list.
/// Text depends only on which filters are set, so that prepared statements stay few.
/// </summary>
internal static class JobListStatement
{
    private const string HasLabel = """
        EXISTS(SELECT 1 FROM job_metadata l WHERE l.tenant_id = ? AND l.key = ? AND l.value = ?
           AND l.created_at = j.created_at AND l.job_id = j.id)
        """;

    // Of the open states there are few jobs, of the ended ones many: there the labels narrow down more.
    private static bool StatusLeads(JobFilter filter) =>
        filter.Metadata.Count == 0 || filter.Status is JobStatus.Queued or JobStatus.Running;

    /// <summary>The text; parameters are bound by <see cref="Bind"/>. Columns: created_at, id, view.</summary>
    public static string Text(JobFilter filter, bool hasCursor) =>
        StatusLeads(filter) ? FromJobs(filter, hasCursor) : FromMetadata(filter, hasCursor);

    public static void Bind(SqliteStatement statement, string tenantId, JobFilter filter, JobCursor? cursor, int limit)
    {
        foreach (var (key, value) in filter.Metadata)
            statement.Bind(tenantId).Bind(key).Bind(value);
        if (StatusLeads(filter))
            statement.Bind(tenantId);
        if (filter.Status is { } status)
            statement.Bind((long)status);
        if (cursor is not null)
            statement.Bind(cursor.CreatedAt).Bind(cursor.Id.ToString());
        statement.Bind((long)limit);
    }

    private static string FromJobs(JobFilter filter, bool hasCursor)
    {
        var text = new StringBuilder("SELECT j.created_at, j.id, j.view FROM jobs j WHERE ");
        for (var i = 0; i < filter.Metadata.Count; i++)
            text.Append(HasLabel).Append(" AND ");
        text.Append("j.tenant_id = ?");
        if (filter.Status is not null)
            text.Append(" AND j.status = ?");
        if (hasCursor)
            text.Append(" AND (j.created_at, j.id) < (?, ?)");
        return text.Append(" ORDER BY j.created_at DESC, j.id DESC LIMIT ?").ToString();
    }

    private static string FromMetadata(JobFilter filter, bool hasCursor)
    {
        // CROSS JOIN: SQLite keeps the order of the tables.
        var text = new StringBuilder("""
            SELECT m.created_at, m.job_id, j.view FROM job_metadata m CROSS JOIN jobs j ON j.id = m.job_id
             WHERE m.tenant_id = ? AND m.key = ? AND m.value = ?
            """);
        for (var i = 1; i < filter.Metadata.Count; i++)
            text.Append(" AND ").Append(HasLabel);
        if (filter.Status is not null)
            text.Append(" AND j.status = ?");
        if (hasCursor)
            text.Append(" AND (m.created_at, m.job_id) < (?, ?)");
        return text.Append(" ORDER BY m.created_at DESC, m.job_id DESC LIMIT ?").ToString();
    }
}
