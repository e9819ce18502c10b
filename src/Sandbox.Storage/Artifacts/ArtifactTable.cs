using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>The statements on <c>artifacts</c>; every one that serves a tenant names it.</summary>
internal static class ArtifactTable
{
    public static bool Insert(SqliteSession session, string tenantId, ArtifactInfo info, byte[] dataKey)
    {
        using var statement = session.Prepare("""
            INSERT INTO artifacts(id, tenant_id, owner, name, size_bytes, sha256, content_type, created_at, data_key)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        statement.Bind(info.Id).Bind(tenantId).Bind(info.Owner).Bind(info.Name).Bind(info.SizeBytes).Bind(info.Sha256)
            .Bind(info.ContentType).Bind(info.CreatedAt).Bind(dataKey).Execute();
        return true;
    }

    public static ArtifactInfo? Find(SqliteSession session, string tenantId, ArtifactId id)
    {
        using var statement = session.Prepare("""
            SELECT id, name, size_bytes, sha256, content_type, owner, created_at FROM artifacts WHERE id = ? AND tenant_id = ?
            """);
        if (!statement.Bind(id.ToString()).Bind(tenantId).Step())
            return null;
        return new ArtifactInfo(
            statement.Text(0), statement.Text(1), statement.Int64(2), statement.Text(3), statement.Text(4),
            statement.Text(5), statement.Time(6));
    }

    /// <summary>The wrapped key of an artifact: none where it is not encrypted; false where there is no such artifact.</summary>
    public static bool TryFindKey(SqliteSession session, string tenantId, ArtifactId id, out byte[]? dataKey)
    {
        using var statement = session.Prepare("SELECT data_key FROM artifacts WHERE id = ? AND tenant_id = ?");
        var found = statement.Bind(id.ToString()).Bind(tenantId).Step();
        dataKey = found && !statement.IsNull(0) ? statement.Blob(0).ToArray() : null;
        return found;
    }

    public static bool Exists(SqliteSession session, ArtifactId id)
    {
        using var statement = session.Prepare("SELECT 1 FROM artifacts WHERE id = ?");
        return statement.Bind(id.ToString()).Step();
    }

    public static bool Delete(SqliteSession session, string tenantId, ArtifactId id)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE id = ? AND tenant_id = ?");
        return statement.Bind(id.ToString()).Bind(tenantId).Execute() == 1;
    }

    public static List<ArtifactId> DeleteOwned(SqliteSession session, string tenantId, string owner)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE tenant_id = ? AND owner = ? RETURNING id");
        return Ids(statement.Bind(tenantId).Bind(owner));
    }

    public static List<ArtifactId> DeleteOwnedByParts(SqliteSession session, string tenantId, string owner)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE tenant_id = ? AND owner > ? AND owner < ? RETURNING id");
        // "/" is the character behind the dot.
        return Ids(statement.Bind(tenantId).Bind($"{owner}.").Bind($"{owner}/"));
    }

    private static List<ArtifactId> Ids(SqliteStatement statement)
    {
        var ids = new List<ArtifactId>();
        while (statement.Step())
        {
            if (ArtifactId.TryParse(statement.Text(0), out var id))
                ids.Add(id);
        }

        return ids;
    }
}
