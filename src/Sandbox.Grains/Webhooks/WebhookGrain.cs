using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Webhooks;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Webhooks;

/// <summary>
/// One for each webhook, so that one process of the cluster sends for it. It stays in memory while the webhook is enabled; what it does
/// is <see cref="WebhookRun"/>, outside of its turns. It keeps no state: what holds is what is stored.
/// </summary>
[GrainType("webhook")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class WebhookGrain(WebhookRun run, IWebhookStore store, IAuditFeed feed, TimeProvider time, ILogger<WebhookGrain> logger) : Grain, IWebhookGrain
{
    // What other processes write to the record is not told here.
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly ChangeSignal _woken = new();
    private Task _running = Task.CompletedTask;
    private long _wakes;

    public Task Wake()
    {
        _wakes++;
        _woken.Raise();
        if (_running.IsCompleted && WebhookId.TryParse(this.GetPrimaryKeyString(), out var id))
            _running = Keep(id);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        // An attempt that is broken off is made again by whoever comes next, under the same id.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private async Task Keep(WebhookId id)
    {
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        long seen;
        do
        {
            seen = _wakes;
            await Task.Run(() => Run(id, _stop.Token));
        }
        while (seen != _wakes && !_stop.IsCancellationRequested);
        DelayDeactivation(TimeSpan.Zero);
    }

    private async Task Run(WebhookId id, CancellationToken cancellationToken)
    {
        while (await store.Find(id, cancellationToken) is { Enabled: true } webhook)
        {
            // Taken before looking, so that nothing that comes in between is missed.
            var (appended, woken) = (feed.Appended(webhook.TenantId), _woken.Next);
            var wait = await Next(id, cancellationToken);
            if (wait == TimeSpan.Zero)
                continue;
            await Task.WhenAny(appended, woken, Task.Delay(wait, time, cancellationToken));
            if (cancellationToken.IsCancellationRequested)
                return;
        }
    }

    private async Task<TimeSpan> Next(WebhookId id, CancellationToken cancellationToken)
    {
        try
        {
            return await run.Next(id, cancellationToken) is { } wait && wait != Timeout.InfiniteTimeSpan && wait < Poll ? wait : Poll;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFault(id, e);
            return AfterFault;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Webhook {Webhook} could not go on; it is tried again")]
    private partial void LogFault(WebhookId webhook, Exception exception);
}
