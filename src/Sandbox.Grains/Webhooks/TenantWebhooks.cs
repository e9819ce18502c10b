using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <inheritdoc cref="IWebhooks"/>
internal sealed class TenantWebhooks(IWebhookStore store, WebhookUrl urls, IGrainFactory grains, IOptions<WebhookOptions> options, TimeProvider time) : IWebhooks
{
    private static readonly TimeSpan PreviousSecret = TimeSpan.FromDays(1);

    public async Task<Reply<WebhookWithSecret>> Create(Caller caller, WebhookSpec spec, CancellationToken cancellationToken = default)
    {
        if (urls.Refusal(spec.Url) is { } wrong)
            return Invalid("url", wrong);
        var secret = spec.Secret is null ? WebhookSecret.New() : WebhookSecret.Read(spec.Secret);
        if (secret is null)
            return Invalid("secret", WebhookSecret.Rule);
        var webhook = new Webhook(WebhookId.New(), caller.TenantId, spec.Url, spec.Types, spec.Description, true, null, caller.AgentId, time.GetUtcNow());
        var what = WebhookAudit.Done(caller, webhook.Id, AuditActions.WebhookCreated, ("host", WebhookAudit.HostOf(spec.Url)));
        if (!await store.Create(webhook, secret, options.Value.MaxPerTenant, what, cancellationToken))
            return new Refusal(RefusalCodes.QuotaExceeded, $"The tenant has {options.Value.MaxPerTenant} webhooks, as many as it may.");
        await Wake(webhook.Id);
        return new WebhookWithSecret(webhook, WebhookSecret.Write(secret));
    }

    public async Task<Webhook?> Find(Caller caller, WebhookId id, CancellationToken cancellationToken = default) =>
        await store.Find(id, cancellationToken) is { } webhook && webhook.TenantId == caller.TenantId ? webhook : null;

    public Task<IReadOnlyList<Webhook>> List(Caller caller, CancellationToken cancellationToken = default) => store.List(caller.TenantId, cancellationToken);

    public async Task<Reply<Webhook>> Change(Caller caller, WebhookId id, WebhookChange change, CancellationToken cancellationToken = default)
    {
        if (change.Url is { } url && urls.Refusal(url) is { } wrong)
            return Invalid("url", wrong);
        if (await Find(caller, id, cancellationToken) is null)
            return NotFound;
        var what = WebhookAudit.Done(
            caller, id, AuditActions.WebhookChanged, ("host", WebhookAudit.HostOf(change.Url)), ("enabled", change.Enabled?.ToString().ToLowerInvariant()));
        if (await store.Change(id, change, what, cancellationToken) is not { } changed)
            return NotFound;
        await Wake(id);
        return changed;
    }

    public async Task<Reply<WebhookWithSecret>> RotateSecret(Caller caller, WebhookId id, CancellationToken cancellationToken = default)
    {
        if (await Find(caller, id, cancellationToken) is not { } webhook)
            return NotFound;
        var secret = WebhookSecret.New();
        var what = WebhookAudit.Done(caller, id, AuditActions.WebhookChanged, ("secret", "rotated"));
        return await store.ReplaceSecret(webhook, secret, time.GetUtcNow() + PreviousSecret, what, cancellationToken)
            ? new WebhookWithSecret(webhook, WebhookSecret.Write(secret))
            : NotFound;
    }

    public async Task<bool> Remove(Caller caller, WebhookId id, CancellationToken cancellationToken = default) =>
        await Find(caller, id, cancellationToken) is not null
        && await store.Delete(id, WebhookAudit.Done(caller, id, AuditActions.WebhookDeleted), cancellationToken);

    public async Task<Reply<Delivery>> Test(Caller caller, WebhookId id, CancellationToken cancellationToken = default)
    {
        if (await Find(caller, id, cancellationToken) is not { } webhook)
            return NotFound;
        if (!webhook.Enabled)
            return Disabled;
        if ((await store.Pending(id, cancellationToken)).Count > options.Value.MaxPending)
            return new Refusal(RefusalCodes.QuotaExceeded, "Too many deliveries of the webhook are pending.");
        var test = new NewDelivery(DeliveryId.New(), null, LifecycleEvent.TestType, time.GetUtcNow());
        return await Due(id, await store.Add(id, test, WebhookAudit.Asked(caller, id, ("delivery", test.Id.ToString())), cancellationToken));
    }

    public async Task<Reply<DeliveryPage>> Deliveries(Caller caller, WebhookId id, long? before, int limit, CancellationToken cancellationToken = default) =>
        await Find(caller, id, cancellationToken) is null ? NotFound : await store.Deliveries(id, before, limit, cancellationToken);

    public async Task<Reply<Delivery>> Redeliver(Caller caller, WebhookId id, DeliveryId delivery, CancellationToken cancellationToken = default)
    {
        if (await Find(caller, id, cancellationToken) is not { } webhook || await store.FindDelivery(id, delivery, cancellationToken) is null)
            return NotFound;
        if (!webhook.Enabled)
            return Disabled;
        var what = WebhookAudit.Asked(caller, id, ("delivery", delivery.ToString()));
        return await Due(id, await store.Redeliver(id, delivery, time.GetUtcNow(), what, cancellationToken));
    }

    private async Task<Reply<Delivery>> Due(WebhookId id, Delivery? delivery)
    {
        if (delivery is null)
            return NotFound;
        await Wake(id);
        return delivery;
    }

    private Task Wake(WebhookId id) => grains.GetGrain<IWebhookGrain>(id.ToString()).Wake();

    private static Refusal Invalid(string field, string detail) => new(RefusalCodes.InvalidRequest, detail, field);

    private static Refusal NotFound => new(RefusalCodes.NotFound, "There is no such webhook, or delivery of it.");

    private static Refusal Disabled => new(RefusalCodes.WebhookDisabled, "The webhook is disabled, and is sent nothing.");
}
