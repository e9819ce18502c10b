using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Events;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>
/// Sends the events of a webhook. What it does is durable step by step: events are taken up together with the place on the record, and
/// what became of an attempt is written before the next one. Whoever is killed in between repeats an attempt at most.
/// </summary>
internal sealed partial class WebhookRun(
    IWebhookStore store, IAuditFeed feed, WebhookSender sender, WebhookBody bodies, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookRun> logger)
{
    private const int PageSize = 100;

    /// <summary>
    /// Does what is to be done now, one thing: takes events up, or makes an attempt. How long there is nothing more to do, unless something
    /// happens; null where the webhook is disabled or gone.
    /// </summary>
    public async Task<TimeSpan?> Next(WebhookId id, CancellationToken cancellationToken)
    {
        if (await store.Progress(id, cancellationToken) is not { } progress)
            return null;
        var pending = await store.Pending(id, cancellationToken);
        if (pending.FirstOrDefault(delivery => delivery.NextAttemptAt <= time.GetUtcNow()) is { } due)
        {
            await Attempt(progress, due, cancellationToken);
            return TimeSpan.Zero;
        }

        // Where so many wait, the receiver is to be back first: what happens meanwhile is on the record.
        if (pending.Count < options.Value.MaxPending && await TakeUp(progress, options.Value.MaxPending - pending.Count, cancellationToken))
            return TimeSpan.Zero;
        return pending.Count == 0 ? Timeout.InfiniteTimeSpan : Until(pending.Min(static delivery => delivery.NextAttemptAt)!.Value);
    }

    private TimeSpan Until(DateTimeOffset next)
    {
        var left = next - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>False where the record has nothing new.</summary>
    private async Task<bool> TakeUp(WebhookProgress progress, int most, CancellationToken cancellationToken)
    {
        var webhook = progress.Webhook;
        var filter = LifecycleFilter.TryParse(webhook.Types, out var types, out _) ? types : LifecycleFilter.All;
        var run = await feed.Read(webhook.TenantId, progress.Position, filter.Actions, PageSize, cancellationToken);
        if (run.Last == progress.Position)
            return false;
        var now = time.GetUtcNow();
        var events = run.Items.Select(LifecycleEvent.Of).OfType<LifecycleEvent>().ToList();
        var to = events.Count > most ? events[most - 1].Id : run.Last;
        await store.Take(
            webhook.Id, progress.Position, to, [.. events.Take(most).Select(item => new NewDelivery(DeliveryId.New(), item.Id, item.Type, now))], cancellationToken);
        return true;
    }

    private async Task Attempt(WebhookProgress progress, Delivery delivery, CancellationToken cancellationToken)
    {
        var webhook = progress.Webhook;
        var body = await bodies.Of(webhook, delivery, cancellationToken);
        var secrets = await store.Secrets(webhook.Id, time.GetUtcNow(), cancellationToken);
        var attempt = await sender.Send(webhook, delivery.Id, body, secrets, cancellationToken);
        var now = time.GetUtcNow();
        var after = attempt.Applied(delivery, options.Value, now, Random.Shared.NextDouble());
        DateTimeOffset? failingSince = attempt.Error is null ? null : progress.FailingSince ?? now;
        await store.Record(delivery, after, failingSince, options.Value.MaxDeliveries, cancellationToken);
        if (attempt.Error is not null)
            LogFailed(webhook.Id, delivery.Id, attempt.Error, attempt.Status, after.Status);
        if (attempt.IsGone)
            await Disable(webhook, WebhookDisabledReasons.Gone, cancellationToken);
        else if (failingSince is { } since && now - since >= TimeSpan.FromHours(options.Value.DisableAfterHours))
            await Disable(webhook, WebhookDisabledReasons.Failing, cancellationToken);
    }

    private async Task Disable(Webhook webhook, string reason, CancellationToken cancellationToken)
    {
        if (await store.Disable(webhook.Id, reason, WebhookAudit.Disabled(webhook, reason), cancellationToken))
            LogDisabled(webhook.Id, reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {Delivery} of webhook {Webhook} failed ({Error}, status {Status}) and is {State}")]
    private partial void LogFailed(WebhookId webhook, DeliveryId delivery, string error, int? status, DeliveryStatus state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} is disabled: {Reason}")]
    private partial void LogDisabled(WebhookId webhook, string reason);
}
