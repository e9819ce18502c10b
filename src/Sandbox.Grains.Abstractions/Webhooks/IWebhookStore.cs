using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>Where webhooks, how far each has come, and their deliveries are kept. Acknowledged is durable; secrets are encrypted.</summary>
public interface IWebhookStore
{
    /// <summary>Enters a webhook; false where the tenant has as many as it may.</summary>
    Task<bool> Create(Webhook webhook, ReadOnlyMemory<byte> secret, int most, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>A webhook by its id, in any tenant.</summary>
    Task<Webhook?> Find(WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>Webhooks of a tenant, oldest first.</summary>
    Task<IReadOnlyList<Webhook>> List(string tenantId, CancellationToken cancellationToken = default);

    /// <summary>The webhooks of all tenants that have something to send, or may soon.</summary>
    Task<IReadOnlyList<WebhookId>> ListEnabled(CancellationToken cancellationToken = default);

    /// <summary>Changes what is not null; null where there is no such webhook. One that is enabled again begins at the end of the record.</summary>
    Task<Webhook?> Change(WebhookId id, WebhookChange change, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Replaces the secret, and keeps the one of before until a time.</summary>
    Task<bool> ReplaceSecret(Webhook webhook, ReadOnlyMemory<byte> secret, DateTimeOffset previousUntil, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>The secrets that are good now, the newest first.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> Secrets(WebhookId id, DateTimeOffset now, CancellationToken cancellationToken = default);

    /// <summary>Removes a webhook with its deliveries; false where there is none.</summary>
    Task<bool> Delete(WebhookId id, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>Disables a webhook that is enabled; false where it is not.</summary>
    Task<bool> Disable(WebhookId id, string reason, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>How far an enabled webhook has come; null where it is none.</summary>
    Task<WebhookProgress?> Progress(WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes events up: the webhook's place and their deliveries, in one write. False where somebody else has, and then nothing is
    /// written.
    /// </summary>
    Task<bool> Take(WebhookId id, long from, long to, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken = default);

    /// <summary>Enters a delivery beside the events: a test. Null where there is no such webhook.</summary>
    Task<Delivery?> Add(WebhookId id, NewDelivery delivery, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>The pending deliveries of a webhook, in their order.</summary>
    Task<IReadOnlyList<Delivery>> Pending(WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>A delivery; null where there is none.</summary>
    Task<Delivery?> FindDelivery(WebhookId id, DeliveryId delivery, CancellationToken cancellationToken = default);

    /// <summary>Deliveries, newest first.</summary>
    Task<DeliveryPage> Deliveries(WebhookId id, long? before, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Writes what became of an attempt, and since when nothing is taken; of those that are over the newest are kept. Does nothing where
    /// the delivery has changed meanwhile.
    /// </summary>
    /// <param name="before">The delivery as it was tried.</param>
    /// <param name="after">The delivery now.</param>
    /// <param name="failingSince">Since when every attempt of the webhook has failed; null where this one did not.</param>
    /// <param name="kept">How many that are over are kept.</param>
    /// <param name="cancellationToken">Cancels the write as long as it has not begun.</param>
    Task Record(Delivery before, Delivery after, DateTimeOffset? failingSince, int kept, CancellationToken cancellationToken = default);

    /// <summary>Makes a delivery due; null where there is none.</summary>
    Task<Delivery?> Redeliver(WebhookId id, DeliveryId delivery, DateTimeOffset at, AuditEvent what, CancellationToken cancellationToken = default);
}

/// <summary>How far a webhook has come.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Position">Sequence of the last entry on the audit record that was looked at.</param>
/// <param name="FailingSince">Since when every attempt has failed; null where the last one did not.</param>
public sealed record WebhookProgress(Webhook Webhook, long Position, DateTimeOffset? FailingSince);

/// <summary>A delivery to be entered.</summary>
/// <param name="Id">Its id.</param>
/// <param name="EventId">Sequence of the event; null for a test.</param>
/// <param name="Type">Type of the event.</param>
/// <param name="At">When: it is due at once.</param>
public sealed record NewDelivery(DeliveryId Id, long? EventId, string Type, DateTimeOffset At);
