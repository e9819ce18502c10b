using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Templates;
using Sandbox.Storage.Audit;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Templates;

/// <summary>Templates, through the writer of grain state. There are few of them, and they change seldom.</summary>
internal sealed class SqliteTemplateStore(SqliteWriter writer, SqliteReaders readers, GrainStateJson json, TimeProvider time) : ITemplateStore
{
    // Of the open ones there are few, and this is asked when a template is removed.
    private const string UsedText = """
        SELECT EXISTS(SELECT 1 FROM sessions WHERE status < 3 AND json_extract(CAST(view AS TEXT), '$.template') = ?)
            OR EXISTS(SELECT 1 FROM jobs WHERE status < 2 AND json_extract(CAST(view AS TEXT), '$.template') = ?)
        """;

    public async Task Save(TemplateRecord template, AuditEvent? what, CancellationToken cancellationToken = default)
    {
        using var record = json.Serialize(template);
        var now = time.GetUtcNow();
        await writer.Write(
            session =>
            {
                using var statement = session.Prepare("""
                    INSERT INTO templates(tenant_id, name, record) VALUES(?, ?, ?)
                    ON CONFLICT(tenant_id, name) DO UPDATE SET record = excluded.record
                    """);
                var rows = statement.Bind(TenantOf(template.Name)).Bind(template.Name.Name).Bind(record.Written).Execute();
                AuditTable.Append(session, what is null ? [] : [what], now);
                return rows;
            },
            WriteScope.Savepoint,
            record.Length,
            cancellationToken);
    }

    public Task Delete(TemplateName name, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                using var statement = session.Prepare("DELETE FROM templates WHERE tenant_id = ? AND name = ?");
                var rows = statement.Bind(TenantOf(name)).Bind(name.Name).Execute();
                AuditTable.Append(session, rows == 0 ? [] : [what], now);
                return rows;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task<IReadOnlyList<TemplateRecord>> All(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<TemplateRecord>>(session =>
        {
            using var statement = session.Prepare("SELECT record FROM templates ORDER BY tenant_id, name");
            var templates = new List<TemplateRecord>();
            while (statement.Step())
                templates.Add(json.Deserialize<TemplateRecord>(statement.Blob(0))!);
            return templates;
        }));
    }

    public Task<bool> IsUsed(TemplateName name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare(UsedText);
            statement.Bind(name.ToString()).Bind(name.ToString()).Step();
            return statement.Int64(0) != 0;
        }));
    }

    // A key cannot hold null, and no tenant has an empty id.
    private static string TenantOf(TemplateName name) => name.Tenant ?? string.Empty;
}
