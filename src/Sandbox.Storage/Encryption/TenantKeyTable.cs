using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Encryption;

/// <summary>The statements on <c>tenant_keys</c>.</summary>
internal static class TenantKeyTable
{
    public static byte[]? Find(SqliteSession session, string tenantId)
    {
        using var statement = session.Prepare("SELECT wrapped FROM tenant_keys WHERE tenant_id = ?");
        return statement.Bind(tenantId).Step() ? statement.Blob(0).ToArray() : null;
    }

    /// <summary>One of them, where there is any.</summary>
    public static (string TenantId, byte[] Wrapped)? Any(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT tenant_id, wrapped FROM tenant_keys LIMIT 1");
        return statement.Step() ? (statement.Text(0), statement.Blob(1).ToArray()) : null;
    }

    /// <summary>All of them: one for each tenant.</summary>
    public static IReadOnlyList<(string TenantId, byte[] Wrapped)> All(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT tenant_id, wrapped FROM tenant_keys");
        var all = new List<(string TenantId, byte[] Wrapped)>();
        while (statement.Step())
            all.Add((statement.Text(0), statement.Blob(1).ToArray()));
        return all;
    }

    /// <summary>The same key, wrapped by another one.</summary>
    public static bool Replace(SqliteSession session, string tenantId, byte[] before, byte[] wrapped)
    {
        using var statement = session.Prepare("UPDATE tenant_keys SET wrapped = ? WHERE tenant_id = ? AND wrapped = ?");
        return statement.Bind(wrapped).Bind(tenantId).Bind(before).Execute() == 1;
    }

    public static bool InsertUnlessThere(SqliteSession session, string tenantId, byte[] wrapped, DateTimeOffset now)
    {
        using var statement = session.Prepare("INSERT INTO tenant_keys(tenant_id, wrapped, created_at) VALUES(?, ?, ?) ON CONFLICT DO NOTHING");
        return statement.Bind(tenantId).Bind(wrapped).Bind(now).Execute() == 1;
    }
}
