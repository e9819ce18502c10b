using System.Collections.Concurrent;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Api.Tests.Testing;

/// <summary>Webhooks in memory; nothing is sent.</summary>
internal sealed class MemoryWebhooks : IWebhooks
{
    private static readonly Refusal s_notFound = new(RefusalCodes.NotFound, "There is none.");

    private readonly ConcurrentDictionary<WebhookId, Webhook> _all = new();
    private readonly ConcurrentDictionary<DeliveryId, Delivery> _deliveries = new();

    public Task<Reply<WebhookWithSecret>> Create(Caller caller, WebhookSpec spec, CancellationToken cancellationToken = default)
    {
        var webhook = new Webhook(WebhookId.New(), caller.TenantId, spec.Url, spec.Types, spec.Description, true, null, caller.AgentId, DateTimeOffset.UnixEpoch);
        _all[webhook.Id] = webhook;
        return Task.FromResult<Reply<WebhookWithSecret>>(new WebhookWithSecret(webhook, spec.Secret ?? "whsec_new"));
    }

    public Task<Webhook?> Find(Caller caller, WebhookId id, CancellationToken cancellationToken = default) =>
        Task.FromResult(_all.GetValueOrDefault(id) is { } webhook && webhook.TenantId == caller.TenantId ? webhook : null);

    public Task<IReadOnlyList<Webhook>> List(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<Webhook>>([.. _all.Values.Where(webhook => webhook.TenantId == caller.TenantId)]);

    public Task<Reply<Webhook>> Change(Caller caller, WebhookId id, WebhookChange change, CancellationToken cancellationToken = default) =>
        Of(caller, id, webhook => _all[id] = webhook with { Url = change.Url ?? webhook.Url, Types = change.Types ?? webhook.Types, Enabled = change.Enabled ?? webhook.Enabled });

    public Task<Reply<WebhookWithSecret>> RotateSecret(Caller caller, WebhookId id, CancellationToken cancellationToken = default) =>
        Of(caller, id, webhook => new WebhookWithSecret(webhook, "whsec_other"));

    public async Task<bool> Remove(Caller caller, WebhookId id, CancellationToken cancellationToken = default) =>
        await Find(caller, id, cancellationToken) is not null && _all.TryRemove(id, out _);

    public Task<Reply<Delivery>> Test(Caller caller, WebhookId id, CancellationToken cancellationToken = default) => Of(caller, id, webhook =>
    {
        var delivery = new Delivery(DeliveryId.New(), id, 1, null, "webhook.test", DateTimeOffset.UnixEpoch);
        return _deliveries[delivery.Id] = delivery;
    });

    public Task<Reply<DeliveryPage>> Deliveries(Caller caller, WebhookId id, long? before, int limit, CancellationToken cancellationToken = default) =>
        Of(caller, id, webhook => new DeliveryPage([.. _deliveries.Values.Where(delivery => delivery.WebhookId == webhook.Id)], before is null ? 7 : null));

    public async Task<Reply<Delivery>> Redeliver(Caller caller, WebhookId id, DeliveryId delivery, CancellationToken cancellationToken = default) =>
        await Find(caller, id, cancellationToken) is not null && _deliveries.TryGetValue(delivery, out var found) ? found : s_notFound;

    private async Task<Reply<T>> Of<T>(Caller caller, WebhookId id, Func<Webhook, T> answer)
        where T : class =>
        await Find(caller, id, CancellationToken.None) is { } webhook ? answer(webhook) : s_notFound;
}
