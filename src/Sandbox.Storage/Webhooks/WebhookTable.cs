using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Webhooks;

/// <summary>The statements on <c>webhooks</c>.</summary>
internal static class WebhookTable
{
    private const string Columns = "id, tenant_id, url, types, description, disabled, agent_id, created_at";
    private const int PositionColumn = 8;
    private const int FailingColumn = 9;

    /// <summary>Begins at the end of the record as it is now; false where the tenant has as many as it may.</summary>
    public static bool Insert(SqliteSession session, Webhook webhook, ReadOnlySpan<byte> secret, int most)
    {
        var position = AuditTable.Head(session, webhook.TenantId).Sequence;
        using var statement = session.Prepare($"""
            INSERT INTO webhooks({Columns}, secret, position, next_number)
            SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1 WHERE (SELECT count(*) FROM webhooks WHERE tenant_id = ?2) < ?11
            """);
        return statement
            .Bind(webhook.Id.ToString()).Bind(webhook.TenantId).Bind(webhook.Url).Bind(Written(webhook.Types)).Bind(webhook.Description)
            .Bind(webhook.DisabledReason).Bind(webhook.AgentId).Bind(webhook.CreatedAt).Bind(secret).Bind(position).Bind((long)most).Execute() == 1;
    }

    public static Webhook? Find(SqliteSession session, WebhookId id)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM webhooks WHERE id = ?");
        return statement.Bind(id.ToString()).Step() ? Read(statement) : null;
    }

    public static List<Webhook> List(SqliteSession session, string tenantId)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM webhooks WHERE tenant_id = ? ORDER BY created_at, id");
        statement.Bind(tenantId);
        var all = new List<Webhook>();
        while (statement.Step())
            all.Add(Read(statement));
        return all;
    }

    public static List<WebhookId> ListEnabled(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT id FROM webhooks WHERE disabled IS NULL");
        var all = new List<WebhookId>();
        while (statement.Step())
            all.Add(IdOf(statement));
        return all;
    }

    public static WebhookProgress? Progress(SqliteSession session, WebhookId id)
    {
        using var statement = session.Prepare($"SELECT {Columns}, position, failing_since FROM webhooks WHERE id = ? AND disabled IS NULL");
        return statement.Bind(id.ToString()).Step()
            ? new WebhookProgress(Read(statement), statement.Int64(PositionColumn), statement.IsNull(FailingColumn) ? null : statement.Time(FailingColumn))
            : null;
    }

    public static void Update(SqliteSession session, Webhook webhook)
    {
        using var statement = session.Prepare("UPDATE webhooks SET url = ?, types = ?, description = ?, disabled = ? WHERE id = ?");
        statement.Bind(webhook.Url).Bind(Written(webhook.Types)).Bind(webhook.Description).Bind(webhook.DisabledReason).Bind(webhook.Id.ToString()).Execute();
    }

    /// <summary>Forgets what it missed, and how it failed.</summary>
    public static void BeginAtTheEnd(SqliteSession session, Webhook webhook)
    {
        using var statement = session.Prepare("UPDATE webhooks SET position = ?, failing_since = NULL WHERE id = ?");
        statement.Bind(AuditTable.Head(session, webhook.TenantId).Sequence).Bind(webhook.Id.ToString()).Execute();
    }

    /// <summary>False where it is not at the place that is expected.</summary>
    public static bool Move(SqliteSession session, WebhookId id, long from, long to)
    {
        using var statement = session.Prepare("UPDATE webhooks SET position = ? WHERE id = ? AND position = ? AND disabled IS NULL");
        return statement.Bind(to).Bind(id.ToString()).Bind(from).Execute() == 1;
    }

    public static void SetFailing(SqliteSession session, WebhookId id, DateTimeOffset? since)
    {
        using var statement = session.Prepare("UPDATE webhooks SET failing_since = ? WHERE id = ?");
        statement.Bind(since?.UtcTicks).Bind(id.ToString()).Execute();
    }

    public static bool Delete(SqliteSession session, WebhookId id)
    {
        using var statement = session.Prepare("DELETE FROM webhooks WHERE id = ?");
        return statement.Bind(id.ToString()).Execute() == 1;
    }

    public static bool ReplaceSecret(SqliteSession session, WebhookId id, ReadOnlySpan<byte> secret, DateTimeOffset previousUntil)
    {
        using var statement = session.Prepare("UPDATE webhooks SET previous_secret = secret, previous_until = ?, secret = ? WHERE id = ?");
        return statement.Bind(previousUntil).Bind(secret).Bind(id.ToString()).Execute() == 1;
    }

    /// <summary>The tenant and the encrypted secrets that are good at a time; the newest first.</summary>
    public static (string TenantId, List<byte[]> Secrets)? Secrets(SqliteSession session, WebhookId id, DateTimeOffset now)
    {
        using var statement = session.Prepare("SELECT tenant_id, secret, CASE WHEN previous_until > ? THEN previous_secret END FROM webhooks WHERE id = ?");
        if (!statement.Bind(now).Bind(id.ToString()).Step())
            return null;
        var secrets = new List<byte[]> { statement.Blob(1).ToArray() };
        if (!statement.IsNull(2))
            secrets.Add(statement.Blob(2).ToArray());
        return (statement.Text(0), secrets);
    }

    private static Webhook Read(SqliteStatement row) => new(
        IdOf(row), row.Text(1), row.Text(2), row.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.TextOrNull(4),
        row.IsNull(5), row.TextOrNull(5), row.Text(6), row.Time(7));

    private static string Written(IReadOnlyList<string> types) => string.Join(' ', types);

    private static WebhookId IdOf(SqliteStatement row) =>
        WebhookId.TryParse(row.Text(0), out var id) ? id : throw new InvalidDataException("A row of the webhooks table has no valid id.");
}
