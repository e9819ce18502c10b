using Sandbox.Grains.Abstractions.Secrets;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Secrets;

/// <summary>A version of a secret as it lies in the database.</summary>
/// <param name="Info">What is told of it.</param>
/// <param name="DataKey">Its key, wrapped.</param>
/// <param name="Content">Its value, encrypted.</param>
internal sealed record SecretRow(SecretInfo Info, byte[] DataKey, byte[] Content);

/// <summary>The statements on <c>secrets</c>.</summary>
internal static class SecretTable
{
    private const char HostSeparator = ' ';
    private const string Columns = "tenant_id, name, version, kind, agent_id, created_at, hosts, header_name, header_template, data_key, content";

    /// <summary>The last version of a name, be it a removal; 0 where there never was one.</summary>
    public static int LastVersion(SqliteSession session, string tenantId, string name)
    {
        using var statement = session.Prepare("SELECT version FROM secrets WHERE tenant_id = ? AND name = ? ORDER BY version DESC LIMIT 1");
        return statement.Bind(tenantId).Bind(name).Step() ? (int)statement.Int64(0) : 0;
    }

    /// <summary>The kept versions, the present one first; none where the secret was removed.</summary>
    public static IReadOnlyList<SecretRow> Versions(SqliteSession session, string tenantId, string name, int most)
    {
        using var statement = session.Prepare(
            $"SELECT {Columns} FROM secrets WHERE tenant_id = ? AND name = ? AND kind IS NOT NULL ORDER BY version DESC LIMIT ?");
        statement.Bind(tenantId).Bind(name).Bind((long)most);
        var rows = new List<SecretRow>();
        while (statement.Step())
            rows.Add(new SecretRow(Info(statement), statement.Blob(9).ToArray(), statement.Blob(10).ToArray()));
        return rows;
    }

    /// <summary>The present version of each name after one.</summary>
    public static IReadOnlyList<SecretInfo> List(SqliteSession session, string tenantId, string after, int limit)
    {
        using var statement = session.Prepare(
            $"""
            SELECT {Columns} FROM secrets AS present
             WHERE tenant_id = ?1 AND name > ?2 AND kind IS NOT NULL
               AND version = (SELECT MAX(version) FROM secrets WHERE tenant_id = ?1 AND name = present.name)
             ORDER BY name LIMIT ?3
            """);
        statement.Bind(tenantId).Bind(after).Bind((long)limit);
        var infos = new List<SecretInfo>();
        while (statement.Step())
            infos.Add(Info(statement));
        return infos;
    }

    /// <summary>How many secrets a tenant has.</summary>
    public static long Count(SqliteSession session, string tenantId)
    {
        using var statement = session.Prepare("SELECT COUNT(DISTINCT name) FROM secrets WHERE tenant_id = ? AND kind IS NOT NULL");
        statement.Bind(tenantId).Step();
        return statement.Int64(0);
    }

    /// <summary>Adds a version.</summary>
    public static void Insert(SqliteSession session, SecretRow row)
    {
        var info = row.Info;
        using var statement = session.Prepare($"INSERT INTO secrets({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        statement.Bind(info.TenantId).Bind(info.Name).Bind((long)info.Version).Bind(info.Kind).Bind(info.AgentId).Bind(info.CreatedAt)
            .Bind(info.Hosts.Count == 0 ? null : string.Join(HostSeparator, info.Hosts)).Bind(info.HeaderName).Bind(info.HeaderTemplate)
            .Bind(row.DataKey).Bind(row.Content).Execute();
    }

    /// <summary>Removes the versions up to one.</summary>
    public static void DeleteUpTo(SqliteSession session, string tenantId, string name, int version)
    {
        using var statement = session.Prepare("DELETE FROM secrets WHERE tenant_id = ? AND name = ? AND version <= ?");
        statement.Bind(tenantId).Bind(name).Bind((long)version).Execute();
    }

    /// <summary>Keeps the count of a name that was removed.</summary>
    public static void InsertRemoval(SqliteSession session, string tenantId, string name, int version, string agentId, DateTimeOffset now)
    {
        using var statement = session.Prepare("INSERT INTO secrets(tenant_id, name, version, agent_id, created_at) VALUES(?, ?, ?, ?, ?)");
        statement.Bind(tenantId).Bind(name).Bind((long)version).Bind(agentId).Bind(now).Execute();
    }

    /// <summary>Forgets the oldest names that were removed, but for so many: a name that is stored again after that counts from 1.</summary>
    public static void ForgetRemovals(SqliteSession session, string tenantId, int most)
    {
        using var statement = session.Prepare(
            """
            DELETE FROM secrets WHERE tenant_id = ?1 AND kind IS NULL AND (name, version) IN (
              SELECT name, version FROM secrets WHERE tenant_id = ?1 AND kind IS NULL ORDER BY created_at DESC, name LIMIT -1 OFFSET ?2)
            """);
        statement.Bind(tenantId).Bind((long)most).Execute();
    }

    private static SecretInfo Info(SqliteStatement row) => new(row.Text(0), row.Text(1), (int)row.Int64(2), row.Text(3), row.Text(4), row.Time(5))
    {
        Hosts = row.TextOrNull(6)?.Split(HostSeparator) ?? [],
        HeaderName = row.TextOrNull(7),
        HeaderTemplate = row.TextOrNull(8),
    };
}
