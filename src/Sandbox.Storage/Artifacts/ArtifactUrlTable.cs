using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>The statements on <c>artifact_urls</c>.</summary>
internal static class ArtifactUrlTable
{
    public static void Insert(SqliteSession session, ArtifactUrlGrant grant, DateTimeOffset now)
    {
        using var statement = session.Prepare("""
            INSERT INTO artifact_urls(id, artifact_id, tenant_id, method, agent_id, created_at, expires_at) VALUES(?, ?, ?, ?, ?, ?, ?)
            """);
        statement.Bind(grant.Id.ToString()).Bind(grant.Artifact.ToString()).Bind(grant.TenantId).Bind(grant.Method).Bind(grant.AgentId)
            .Bind(now).Bind(grant.ExpiresAt).Execute();
    }

    public static ArtifactUrlGrant? Find(SqliteSession session, ArtifactUrlId id)
    {
        using var statement = session.Prepare("SELECT tenant_id, artifact_id, method, expires_at, agent_id FROM artifact_urls WHERE id = ?");
        return statement.Bind(id.ToString()).Step() && ArtifactId.TryParse(statement.Text(1), out var artifact)
            ? new ArtifactUrlGrant(id, statement.Text(0), artifact, statement.Text(2), statement.Time(3), statement.Text(4))
            : null;
    }

    /// <summary>How many of an artifact are good.</summary>
    public static long Count(SqliteSession session, ArtifactId artifact, DateTimeOffset now)
    {
        using var statement = session.Prepare("SELECT COUNT(*) FROM artifact_urls WHERE artifact_id = ? AND expires_at > ?");
        statement.Bind(artifact.ToString()).Bind(now).Step();
        return statement.Int64(0);
    }

    public static int Delete(SqliteSession session, string tenantId, ArtifactId artifact, ArtifactUrlId? url)
    {
        using var statement = session.Prepare("DELETE FROM artifact_urls WHERE artifact_id = ? AND tenant_id = ? AND (? IS NULL OR id = ?)");
        return statement.Bind(artifact.ToString()).Bind(tenantId).Bind(url?.ToString()).Bind(url?.ToString()).Execute();
    }

    public static void DeleteExpired(SqliteSession session, DateTimeOffset now)
    {
        using var statement = session.Prepare("DELETE FROM artifact_urls WHERE expires_at <= ?");
        statement.Bind(now).Execute();
    }
}
