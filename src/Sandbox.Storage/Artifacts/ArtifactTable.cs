using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>The statements on <c>artifacts</c>; every one that serves a tenant names it.</summary>
internal static class ArtifactTable
{
    private const string Columns = "id, name, size_bytes, sha256, content_type, owner, created_at, expires_at";
    private const string NotExpired = "(expires_at IS NULL OR expires_at > ?)";

    public static bool Insert(SqliteSession session, ArtifactDraft draft, ArtifactInfo info, byte[] dataKey, string store)
    {
        using var statement = session.Prepare($"""
            INSERT INTO artifacts({Columns}, tenant_id, data_key, store, hidden, idempotency_key)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
        statement.Bind(info.Id).Bind(info.Name).Bind(info.SizeBytes).Bind(info.Sha256).Bind(info.ContentType).Bind(info.Owner)
            .Bind(info.CreatedAt).Bind(info.ExpiresAt?.UtcTicks).Bind(draft.TenantId).Bind(dataKey).Bind(store)
            .Bind(draft.IsHidden ? 1L : 0L).Bind(draft.IdempotencyKey).Execute();
        return true;
    }

    public static ArtifactInfo? Find(SqliteSession session, string tenantId, ArtifactId id, DateTimeOffset now)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM artifacts WHERE id = ? AND tenant_id = ? AND hidden = 0 AND {NotExpired}");
        return statement.Bind(id.ToString()).Bind(tenantId).Bind(now).Step() ? Read(statement) : null;
    }

    public static ArtifactInfo? FindByKey(SqliteSession session, string tenantId, string key, DateTimeOffset now)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM artifacts WHERE tenant_id = ? AND idempotency_key = ? AND {NotExpired}");
        return statement.Bind(tenantId).Bind(key).Bind(now).Step() ? Read(statement) : null;
    }

    public static void FreeKey(SqliteSession session, string tenantId, string key)
    {
        using var statement = session.Prepare("UPDATE artifacts SET idempotency_key = NULL WHERE tenant_id = ? AND idempotency_key = ?");
        statement.Bind(tenantId).Bind(key).Execute();
    }

    public static ArtifactPage List(SqliteSession session, string tenantId, ArtifactCursor? cursor, int limit, DateTimeOffset now)
    {
        using var statement = session.Prepare($"""
            SELECT {Columns} FROM artifacts INDEXED BY artifacts_list
             WHERE tenant_id = ? AND hidden = 0 AND (created_at, id) < (?, ?) AND {NotExpired}
             ORDER BY created_at DESC, id DESC LIMIT ?
            """);
        // One more than asked for tells whether another page follows.
        statement.Bind(tenantId).Bind(cursor?.CreatedAt.UtcTicks ?? long.MaxValue).Bind(cursor?.Id.ToString() ?? string.Empty).Bind(now).Bind(limit + 1L);
        var items = new List<ArtifactInfo>();
        while (statement.Step())
        {
            if (items.Count == limit)
                return new ArtifactPage(items, ArtifactId.TryParse(items[^1].Id, out var last) ? new ArtifactCursor(items[^1].CreatedAt, last) : null);
            items.Add(Read(statement));
        }

        return new ArtifactPage(items, null);
    }

    /// <summary>Where the bytes lie, and the wrapped key: none where they are not encrypted. Null where there is no such artifact.</summary>
    public static ArtifactContent? FindContent(SqliteSession session, string tenantId, ArtifactId id, DateTimeOffset now)
    {
        using var statement = session.Prepare($"SELECT store, data_key FROM artifacts WHERE id = ? AND tenant_id = ? AND {NotExpired}");
        return statement.Bind(id.ToString()).Bind(tenantId).Bind(now).Step()
            ? new ArtifactContent(statement.Text(0), statement.IsNull(1) ? null : statement.Blob(1).ToArray())
            : null;
    }

    public static bool Exists(SqliteSession session, ArtifactId id)
    {
        using var statement = session.Prepare("SELECT 1 FROM artifacts WHERE id = ?");
        return statement.Bind(id.ToString()).Step();
    }

    /// <summary>Another place than the local one, in which artifacts lie; null where there is none.</summary>
    public static string? AnyElsewhere(SqliteSession session)
    {
        using var statement = session.Prepare($"SELECT store FROM artifacts WHERE store <> '{ArtifactStores.Local}' LIMIT 1");
        return statement.Step() ? statement.Text(0) : null;
    }

    public static List<RemovedArtifact> Delete(SqliteSession session, string tenantId, ArtifactId id)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE id = ? AND tenant_id = ? AND hidden = 0 RETURNING id, store");
        return Removed(statement.Bind(id.ToString()).Bind(tenantId));
    }

    public static List<RemovedArtifact> DeleteOwned(SqliteSession session, string tenantId, string owner)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE tenant_id = ? AND owner = ? RETURNING id, store");
        return Removed(statement.Bind(tenantId).Bind(owner));
    }

    public static List<RemovedArtifact> DeleteOwnedByParts(SqliteSession session, string tenantId, string owner)
    {
        using var statement = session.Prepare("DELETE FROM artifacts WHERE tenant_id = ? AND owner > ? AND owner < ? RETURNING id, store");
        // "/" is the character behind the dot.
        return Removed(statement.Bind(tenantId).Bind($"{owner}.").Bind($"{owner}/"));
    }

    /// <summary>Takes out some that have expired. Of several processes that ask, each is given to one.</summary>
    public static List<ExpiredArtifact> DeleteExpired(SqliteSession session, DateTimeOffset now, int most)
    {
        using var statement = session.Prepare("""
            DELETE FROM artifacts WHERE id IN (SELECT id FROM artifacts WHERE expires_at <= ? LIMIT ?)
            RETURNING id, store, tenant_id, owner
            """);
        statement.Bind(now).Bind((long)most);
        var expired = new List<ExpiredArtifact>();
        while (statement.Step())
        {
            if (ArtifactId.TryParse(statement.Text(0), out var id))
                expired.Add(new ExpiredArtifact(new RemovedArtifact(id, statement.Text(1)), statement.Text(2), statement.Text(3)));
        }

        return expired;
    }

    private static ArtifactInfo Read(SqliteStatement statement) => new(
        statement.Text(0), statement.Text(1), statement.Int64(2), statement.Text(3), statement.Text(4), statement.Text(5),
        statement.Time(6), statement.IsNull(7) ? null : statement.Time(7));

    private static List<RemovedArtifact> Removed(SqliteStatement statement)
    {
        var removed = new List<RemovedArtifact>();
        while (statement.Step())
        {
            if (ArtifactId.TryParse(statement.Text(0), out var id))
                removed.Add(new RemovedArtifact(id, statement.Text(1)));
        }

        return removed;
    }
}

/// <summary>Where the content of an artifact lies, and what opens it.</summary>
internal sealed record ArtifactContent(string Store, byte[]? WrappedKey);

/// <summary>An artifact whose row, and with it its key, is gone: its bytes may go.</summary>
internal sealed record RemovedArtifact(ArtifactId Id, string Store);

/// <summary>An artifact that was removed because its time was over.</summary>
internal sealed record ExpiredArtifact(RemovedArtifact Removed, string TenantId, string Owner);
