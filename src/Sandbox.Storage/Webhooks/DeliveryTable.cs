using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Webhooks;

/// <summary>The statements on <c>webhook_deliveries</c>.</summary>
internal static class DeliveryTable
{
    private const string Columns =
        "id, webhook_id, number, event_id, type, created_at, status, attempts, tries, next_at, last_at, response_status, error, duration";

    public static Delivery? Insert(SqliteSession session, WebhookId webhook, NewDelivery delivery)
    {
        if (NextNumber(session, webhook) is not { } number)
            return null;
        using var statement = session.Prepare($"INSERT INTO webhook_deliveries({Columns}) VALUES(?, ?, ?, ?, ?, ?, 0, 0, 0, ?, NULL, NULL, NULL, NULL)");
        statement.Bind(delivery.Id.ToString()).Bind(webhook.ToString()).Bind(number).Bind(delivery.EventId).Bind(delivery.Type).Bind(delivery.At).Bind(delivery.At).Execute();
        return new Delivery(delivery.Id, webhook, number, delivery.EventId, delivery.Type, delivery.At, NextAttemptAt: delivery.At);
    }

    public static Delivery? Find(SqliteSession session, WebhookId webhook, DeliveryId id)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM webhook_deliveries WHERE id = ? AND webhook_id = ?");
        return statement.Bind(id.ToString()).Bind(webhook.ToString()).Step() ? Read(statement) : null;
    }

    public static List<Delivery> Pending(SqliteSession session, WebhookId webhook)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM webhook_deliveries WHERE webhook_id = ? AND status = 0 ORDER BY number");
        return All(statement.Bind(webhook.ToString()));
    }

    public static List<Delivery> Newest(SqliteSession session, WebhookId webhook, long before, int limit)
    {
        using var statement = session.Prepare($"SELECT {Columns} FROM webhook_deliveries WHERE webhook_id = ? AND number < ? ORDER BY number DESC LIMIT ?");
        return All(statement.Bind(webhook.ToString()).Bind(before).Bind((long)limit));
    }

    /// <summary>False where it is not as it was when the attempt began.</summary>
    public static bool Update(SqliteSession session, Delivery before, Delivery after)
    {
        using var statement = session.Prepare("""
            UPDATE webhook_deliveries
               SET status = ?, attempts = ?, tries = ?, next_at = ?, last_at = ?, response_status = ?, error = ?, duration = ?
             WHERE webhook_id = ? AND number = ? AND status = ? AND attempts = ? AND tries = ?
            """);
        return statement
            .Bind((long)after.Status).Bind((long)after.Attempts).Bind((long)after.Tries).Bind(after.NextAttemptAt?.UtcTicks).Bind(after.LastAttemptAt?.UtcTicks)
            .Bind((long?)after.ResponseStatus).Bind(after.Error).Bind(after.Duration?.Ticks)
            .Bind(before.WebhookId.ToString()).Bind(before.Number).Bind((long)before.Status).Bind((long)before.Attempts).Bind((long)before.Tries).Execute() == 1;
    }

    public static bool MakeDue(SqliteSession session, WebhookId webhook, DeliveryId id, DateTimeOffset at)
    {
        using var statement = session.Prepare("UPDATE webhook_deliveries SET status = 0, tries = 0, next_at = ? WHERE id = ? AND webhook_id = ?");
        return statement.Bind(at).Bind(id.ToString()).Bind(webhook.ToString()).Execute() == 1;
    }

    /// <summary>Gives up what is pending.</summary>
    public static void GiveUp(SqliteSession session, WebhookId webhook)
    {
        using var statement = session.Prepare("UPDATE webhook_deliveries SET status = 2, next_at = NULL WHERE webhook_id = ? AND status = 0");
        statement.Bind(webhook.ToString()).Execute();
    }

    /// <summary>Removes what is over, except for the newest.</summary>
    public static void Prune(SqliteSession session, WebhookId webhook, int kept)
    {
        using var statement = session.Prepare("""
            DELETE FROM webhook_deliveries
             WHERE webhook_id = ?1 AND status <> 0 AND number <= (SELECT next_number - 1 - ?2 FROM webhooks WHERE id = ?1)
            """);
        statement.Bind(webhook.ToString()).Bind((long)kept).Execute();
    }

    private static long? NextNumber(SqliteSession session, WebhookId webhook)
    {
        using var statement = session.Prepare("UPDATE webhooks SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1");
        if (!statement.Bind(webhook.ToString()).Step())
            return null;
        var number = statement.Int64(0);
        // The statement is over only when it has said so.
        statement.Execute();
        return number;
    }

    private static List<Delivery> All(SqliteStatement statement)
    {
        var all = new List<Delivery>();
        while (statement.Step())
            all.Add(Read(statement));
        return all;
    }

    private static Delivery Read(SqliteStatement row) => new(
        DeliveryId.TryParse(row.Text(0), out var id) ? id : throw new InvalidDataException("A row of the webhook_deliveries table has no valid id."),
        WebhookId.TryParse(row.Text(1), out var webhook) ? webhook : throw new InvalidDataException("A row of the webhook_deliveries table has no webhook."),
        row.Int64(2),
        row.IsNull(3) ? null : row.Int64(3),
        row.Text(4),
        row.Time(5),
        (DeliveryStatus)row.Int64(6),
        (int)row.Int64(7),
        (int)row.Int64(8),
        row.IsNull(9) ? null : row.Time(9),
        row.IsNull(10) ? null : row.Time(10),
        row.IsNull(11) ? null : (int)row.Int64(11),
        row.TextOrNull(12),
        row.IsNull(13) ? null : TimeSpan.FromTicks(row.Int64(13)));
}
