using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Storage.Audit;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Policies;

/// <summary>Policies. Nothing is cached: the last version is one look-up in an index, and another process may have written it.</summary>
internal sealed class SqlitePolicyStore(SqliteWriter writer, SqliteReaders readers, GrainStateJson json, TimeProvider time) : IPolicyStore
{
    private const string Columns = "tenant_id, name, version, document, agent_id, created_at";

    // Versions follow upon each other without a gap; the check and the row are one statement, and so one for all processes.
    private const string AppendText = $"""
        INSERT INTO policies({Columns})
        SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE ?3 = 1 + COALESCE((SELECT version FROM policies WHERE tenant_id = ?1 AND name = ?2 ORDER BY version DESC LIMIT 1), 0)
        """;

    public async Task<bool> Append(PolicyVersion version, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        using var document = version.Document is null ? null : json.Serialize(version.Document);
        return await writer.Write(
            session =>
            {
                using var statement = session.Prepare(AppendText);
                statement.Bind(version.TenantId).Bind(version.Name).Bind((long)version.Version);
                _ = document is null ? statement.Bind((string?)null) : statement.Bind(document.Written);
                if (statement.Bind(version.AgentId).Bind(version.CreatedAt).Execute() != 1)
                    return false;
                AuditTable.Append(session, [what], now);
                return true;
            },
            WriteScope.Savepoint,
            document?.Length ?? 0,
            cancellationToken);
    }

    public Task<PolicyVersion?> Last(string tenantId, string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"SELECT {Columns} FROM policies WHERE tenant_id = ? AND name = ? ORDER BY version DESC LIMIT 1");
            return statement.Bind(tenantId).Bind(name).Step() ? Read(statement) : null;
        }));
    }

    public Task<PolicyVersion?> Find(string tenantId, string name, int version, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"SELECT {Columns} FROM policies WHERE tenant_id = ? AND name = ? AND version = ?");
            return statement.Bind(tenantId).Bind(name).Bind((long)version).Step() ? Read(statement) : null;
        }));
    }

    public Task<PolicyPage> List(string tenantId, string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            var items = new List<PolicyVersion>();
            // A step for each name, however many versions it has.
            for (var name = after ?? string.Empty; Next(session, tenantId, name) is { } next; name = next.Name)
            {
                if (next.Document is null)
                    continue;
                if (items.Count == limit)
                    return new PolicyPage(items, HasMore: true);
                items.Add(next);
            }

            return new PolicyPage(items, HasMore: false);
        }));
    }

    public Task<PolicyPage> Versions(string tenantId, string name, int? before, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare(
                $"SELECT {Columns} FROM policies WHERE tenant_id = ? AND name = ? AND version < ? ORDER BY version DESC LIMIT ?");
            // One more than asked for tells whether another page follows.
            statement.Bind(tenantId).Bind(name).Bind(before ?? long.MaxValue).Bind(limit + 1L);
            var items = new List<PolicyVersion>();
            while (statement.Step())
            {
                if (items.Count == limit)
                    return new PolicyPage(items, HasMore: true);
                items.Add(Read(statement));
            }

            return new PolicyPage(items, HasMore: false);
        }));
    }

    private PolicyVersion? Next(SqliteSession session, string tenantId, string after)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM policies WHERE tenant_id = ? AND name > ? ORDER BY name, version DESC LIMIT 1");
        return statement.Bind(tenantId).Bind(after).Step() ? Read(statement) : null;
    }

    private PolicyVersion Read(SqliteStatement row) => new(
        row.Text(0), row.Text(1), (int)row.Int64(2), row.IsNull(3) ? null : json.Deserialize<PolicyDocument>(row.Blob(3)), row.Text(4), row.Time(5));
}
