using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Tenants;

/// <summary>API keys. Nothing is cached: what one process has removed opens nothing in any other.</summary>
internal sealed class SqliteApiKeyStore(SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IApiKeyStore
{
    private const string Columns = "id, tenant_id, name, role, agent_id, last_digits, created_at, expires_at, last_used_at, hash, policy";
    private const int HashColumn = 9;
    private const int PolicyColumn = 10;

    public Task Create(ApiKeyRecord key, ReadOnlyMemory<byte> hash, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                using var statement = session.Prepare($"INSERT INTO api_keys({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                statement
                    .Bind(key.Id.ToString()).Bind(key.TenantId).Bind(key.Name).Bind(key.Role).Bind(key.AgentId).Bind(key.LastDigits)
                    .Bind(key.CreatedAt).Bind(key.ExpiresAt?.UtcTicks).Bind(key.LastUsedAt?.UtcTicks).Bind(hash.Span).Bind(key.Policy)
                    .Execute();
                AuditTable.Append(session, [what], now);
                return true;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task<ApiKeyRecord?> FindByHash(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"SELECT {Columns} FROM api_keys WHERE hash = ?");
            // The index compares as far as it has to; what it tells by its time is of a hash, whose key nobody can choose.
            return statement.Bind(hash.Span).Step() && CryptographicOperations.FixedTimeEquals(statement.Blob(HashColumn), hash.Span)
                ? Read(statement)
                : null;
        }));
    }

    public Task<ApiKeyRecord?> Find(ApiKeyId id, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"SELECT {Columns} FROM api_keys WHERE id = ?");
            return statement.Bind(id.ToString()).Step() ? Read(statement) : null;
        }));
    }

    public Task<ApiKeyPage> List(
        string tenantId, bool withOperators, ApiKeyCursor? cursor, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(session =>
        {
            using var statement = session.Prepare($"""
                SELECT {Columns} FROM api_keys
                 WHERE tenant_id = ? AND (created_at, id) < (?, ?) AND (? OR role <> '{Roles.Operator}')
                 ORDER BY created_at DESC, id DESC LIMIT ?
                """);
            // One more than asked for tells whether another page follows.
            statement.Bind(tenantId).Bind(cursor?.CreatedAt.UtcTicks ?? long.MaxValue).Bind(cursor?.Id.ToString() ?? string.Empty)
                .Bind(withOperators ? 1L : 0L).Bind(limit + 1L);
            var items = new List<ApiKeyRecord>();
            while (statement.Step())
            {
                if (items.Count == limit)
                    return new ApiKeyPage(items, new ApiKeyCursor(items[^1].CreatedAt, items[^1].Id));
                items.Add(Read(statement));
            }

            return new ApiKeyPage(items, null);
        }));
    }

    public Task<IReadOnlyList<string>> PoliciesOf(string tenantId, string agentId, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read<IReadOnlyList<string>>(session =>
        {
            using var statement = session.Prepare("""
                SELECT DISTINCT policy FROM api_keys
                 WHERE tenant_id = ? AND agent_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY policy
                """);
            statement.Bind(tenantId).Bind(agentId).Bind(now);
            var policies = new List<string>();
            while (statement.Step())
            {
                if (statement.TextOrNull(0) is not { } policy)
                    return [];
                policies.Add(policy);
            }

            return policies;
        }));
    }

    public Task<bool> Delete(ApiKeyId id, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                using var statement = session.Prepare("DELETE FROM api_keys WHERE id = ?");
                var wasThere = statement.Bind(id.ToString()).Execute() == 1;
                AuditTable.Append(session, wasThere ? [what] : [], now);
                return wasThere;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public Task Used(ApiKeyId id, DateTimeOffset at, CancellationToken cancellationToken = default) => writer.Write(
        session =>
        {
            using var statement = session.Prepare("UPDATE api_keys SET last_used_at = ? WHERE id = ?");
            return statement.Bind(at).Bind(id.ToString()).Execute();
        },
        WriteScope.SingleStatement,
        cancellationToken: cancellationToken);

    private static ApiKeyRecord Read(SqliteStatement row) => new(
        ApiKeyId.TryParse(row.Text(0), out var id) ? id : throw new InvalidDataException("A row of the api_keys table has no valid id."),
        row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.Time(6), TimeOrNull(row, 7), TimeOrNull(row, 8),
        row.TextOrNull(PolicyColumn));

    private static DateTimeOffset? TimeOrNull(SqliteStatement row, int column) => row.IsNull(column) ? null : row.Time(column);
}
