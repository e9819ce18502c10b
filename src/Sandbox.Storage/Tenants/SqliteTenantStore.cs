using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Storage.Audit;
using Sandbox.Storage.GrainState;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Tenants;

/// <summary>Tenants. Nothing is cached: a read is an indexed look-up of microseconds, and another process may have written.</summary>
internal sealed class SqliteTenantStore(SqliteWriter writer, SqliteReaders readers, GrainStateJson json, TimeProvider time) : ITenantStore
{
    public Task<bool> Create(TenantRecord tenant, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                using var statement = session.Prepare("INSERT INTO tenants(id, name, created_at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING");
                var isNew = statement.Bind(tenant.Id).Bind(tenant.Name).Bind(tenant.CreatedAt).Execute() == 1;
                AuditTable.Append(session, isNew ? [what] : [], now);
                return isNew;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task<TenantRecord?> Find(string id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare("SELECT id, name, created_at, quotas FROM tenants WHERE id = ?");
            return statement.Bind(id).Step() ? Read(statement) : null;
        }));
    }

    public async Task<bool> SetQuotas(string id, QuotaOverrides? quotas, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        using var document = quotas is null ? null : json.Serialize(quotas);
        return await writer.Write(
            session =>
            {
                using var statement = session.Prepare("UPDATE tenants SET quotas = ? WHERE id = ?");
                _ = document is null ? statement.Bind((string?)null) : statement.Bind(document.Written);
                var isThere = statement.Bind(id).Execute() == 1;
                AuditTable.Append(session, isThere ? [what] : [], now);
                return isThere;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task<TenantPage> List(string? after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare("SELECT id, name, created_at, quotas FROM tenants WHERE id > ? ORDER BY id LIMIT ?");
            // One more than asked for tells whether another page follows.
            statement.Bind(after ?? string.Empty).Bind(limit + 1L);
            var items = new List<TenantRecord>();
            while (statement.Step())
            {
                if (items.Count == limit)
                    return new TenantPage(items, items[^1].Id);
                items.Add(Read(statement));
            }

            return new TenantPage(items, null);
        }));
    }

    private TenantRecord Read(SqliteStatement row) =>
        new(row.Text(0), row.Text(1), row.Time(2), row.IsNull(3) ? null : json.Deserialize<QuotaOverrides>(row.Blob(3)));
}
