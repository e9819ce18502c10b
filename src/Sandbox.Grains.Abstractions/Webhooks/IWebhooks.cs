using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>The webhooks of tenants, for whoever administers one. Acknowledged is durable and on the audit record.</summary>
public interface IWebhooks
{
    /// <summary>Makes a webhook, which is sent what happens from then on.</summary>
    Task<Reply<WebhookWithSecret>> Create(Caller caller, WebhookSpec spec, CancellationToken cancellationToken = default);

    /// <summary>A webhook of the caller's tenant; null where there is none.</summary>
    Task<Webhook?> Find(Caller caller, WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>All webhooks of the caller's tenant, oldest first; their number is bounded.</summary>
    Task<IReadOnlyList<Webhook>> List(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Changes a webhook.</summary>
    Task<Reply<Webhook>> Change(Caller caller, WebhookId id, WebhookChange change, CancellationToken cancellationToken = default);

    /// <summary>Gives a webhook a new secret. For a day, what is sent is signed with the one of before as well.</summary>
    Task<Reply<WebhookWithSecret>> RotateSecret(Caller caller, WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>Removes a webhook, with its log; false where there is none.</summary>
    Task<bool> Remove(Caller caller, WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>Has an event of the type <c>webhook.test</c> sent.</summary>
    Task<Reply<Delivery>> Test(Caller caller, WebhookId id, CancellationToken cancellationToken = default);

    /// <summary>The delivery log of a webhook, newest first.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="before">Number before which the page begins; null for the newest.</param>
    /// <param name="limit">Most of a page, from 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<Reply<DeliveryPage>> Deliveries(Caller caller, WebhookId id, long? before, int limit, CancellationToken cancellationToken = default);

    /// <summary>Has a delivery sent once more, under the same id, whatever became of it.</summary>
    Task<Reply<Delivery>> Redeliver(Caller caller, WebhookId id, DeliveryId delivery, CancellationToken cancellationToken = default);
}
