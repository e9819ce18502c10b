using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Webhooks;

/// <summary>Webhooks and their deliveries. Nothing is cached: another process may have changed them.</summary>
internal sealed class SqliteWebhookStore(SqliteWriter writer, SqliteReaders readers, SealedBytes seals, TimeProvider time) : IWebhookStore
{
    public async Task<bool> Create(Webhook webhook, ReadOnlyMemory<byte> secret, int most, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var sealedSecret = await seals.Seal(webhook.TenantId, webhook.Id.ToString(), secret, cancellationToken);
        return await Write(what, session => WebhookTable.Insert(session, webhook, sealedSecret, most), cancellationToken);
    }

    public Task<Webhook?> Find(WebhookId id, CancellationToken cancellationToken = default) => Read(session => WebhookTable.Find(session, id), cancellationToken);

    public async Task<IReadOnlyList<Webhook>> List(string tenantId, CancellationToken cancellationToken = default) =>
        await Read(session => WebhookTable.List(session, tenantId), cancellationToken);

    public async Task<IReadOnlyList<WebhookId>> ListEnabled(CancellationToken cancellationToken = default) => await Read(WebhookTable.ListEnabled, cancellationToken);

    public async Task<Webhook?> Change(WebhookId id, WebhookChange change, AuditEvent what, CancellationToken cancellationToken = default)
    {
        Webhook? changed = null;
        await Write(
            what,
            session =>
            {
                if (WebhookTable.Find(session, id) is not { } before)
                    return false;
                changed = Changed(before, change);
                WebhookTable.Update(session, changed);
                if (changed.Enabled && !before.Enabled)
                    WebhookTable.BeginAtTheEnd(session, changed);
                if (!changed.Enabled)
                    DeliveryTable.GiveUp(session, id);
                return true;
            },
            cancellationToken);
        return changed;
    }

    public async Task<bool> ReplaceSecret(
        Webhook webhook, ReadOnlyMemory<byte> secret, DateTimeOffset previousUntil, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var sealedSecret = await seals.Seal(webhook.TenantId, webhook.Id.ToString(), secret, cancellationToken);
        return await Write(what, session => WebhookTable.ReplaceSecret(session, webhook.Id, sealedSecret, previousUntil), cancellationToken);
    }

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> Secrets(WebhookId id, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        if (await Read(session => WebhookTable.Secrets(session, id, now), cancellationToken) is not var (tenantId, secrets))
            return [];
        var open = new List<ReadOnlyMemory<byte>>();
        foreach (var secret in secrets)
            open.Add(await seals.Open(tenantId, id.ToString(), secret, cancellationToken));
        return open;
    }

    public Task<bool> Delete(WebhookId id, AuditEvent what, CancellationToken cancellationToken = default) =>
        Write(what, session => WebhookTable.Delete(session, id), cancellationToken);

    public Task<bool> Disable(WebhookId id, string reason, AuditEvent what, CancellationToken cancellationToken = default) => Write(
        what,
        session =>
        {
            if (WebhookTable.Find(session, id) is not { Enabled: true } webhook)
                return false;
            WebhookTable.Update(session, webhook with { Enabled = false, DisabledReason = reason });
            DeliveryTable.GiveUp(session, id);
            return true;
        },
        cancellationToken);

    public Task<WebhookProgress?> Progress(WebhookId id, CancellationToken cancellationToken = default) =>
        Read(session => WebhookTable.Progress(session, id), cancellationToken);

    public Task<bool> Take(WebhookId id, long from, long to, IReadOnlyList<NewDelivery> deliveries, CancellationToken cancellationToken = default) => Write(
        null,
        session =>
        {
            if (!WebhookTable.Move(session, id, from, to))
                return false;
            foreach (var delivery in deliveries)
                DeliveryTable.Insert(session, id, delivery);
            return true;
        },
        cancellationToken);

    public async Task<Delivery?> Add(WebhookId id, NewDelivery delivery, AuditEvent what, CancellationToken cancellationToken = default)
    {
        Delivery? added = null;
        await Write(what, session => (added = DeliveryTable.Insert(session, id, delivery)) is not null, cancellationToken);
        return added;
    }

    public async Task<IReadOnlyList<Delivery>> Pending(WebhookId id, CancellationToken cancellationToken = default) =>
        await Read(session => DeliveryTable.Pending(session, id), cancellationToken);

    public Task<Delivery?> FindDelivery(WebhookId id, DeliveryId delivery, CancellationToken cancellationToken = default) =>
        Read(session => DeliveryTable.Find(session, id, delivery), cancellationToken);

    public async Task<DeliveryPage> Deliveries(WebhookId id, long? before, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        // One more than asked for tells whether another page follows.
        var found = await Read(session => DeliveryTable.Newest(session, id, before ?? long.MaxValue, limit + 1), cancellationToken);
        return found.Count <= limit ? new DeliveryPage(found, null) : new DeliveryPage(found[..limit], found[limit - 1].Number);
    }

    public Task Record(Delivery before, Delivery after, DateTimeOffset? failingSince, int kept, CancellationToken cancellationToken = default) => Write(
        null,
        session =>
        {
            if (!DeliveryTable.Update(session, before, after))
                return false;
            WebhookTable.SetFailing(session, after.WebhookId, failingSince);
            DeliveryTable.Prune(session, after.WebhookId, kept);
            return true;
        },
        cancellationToken);

    public async Task<Delivery?> Redeliver(WebhookId id, DeliveryId delivery, DateTimeOffset at, AuditEvent what, CancellationToken cancellationToken = default)
    {
        Delivery? due = null;
        await Write(
            what,
            session =>
            {
                due = DeliveryTable.MakeDue(session, id, delivery, at) ? DeliveryTable.Find(session, id, delivery) : null;
                return due is not null;
            },
            cancellationToken);
        return due;
    }

    private static Webhook Changed(Webhook before, WebhookChange change) => before with
    {
        Url = change.Url ?? before.Url,
        Types = change.Types ?? before.Types,
        Description = change.Description ?? before.Description,
        Enabled = change.Enabled ?? before.Enabled,
        DisabledReason = change.Enabled switch
        {
            true => null,
            false => before.DisabledReason ?? WebhookDisabledReasons.Requested,
            null => before.DisabledReason,
        },
    };

    private Task<T> Read<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(readers.Read(read));
    }

    // Recorded with what it is about, and only where that was done.
    private Task<bool> Write(AuditEvent? what, Func<SqliteSession, bool> write, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                var done = write(session);
                if (done && what is not null)
                    AuditTable.Append(session, [what], now);
                return done;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }
}
