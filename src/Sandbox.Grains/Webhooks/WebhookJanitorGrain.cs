using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>Wakes every webhook that is enabled: at the start of a process, when another one has ended, and every minute.</summary>
[Alias("sandbox.webhook.janitor")]
internal interface IWebhookJanitorGrain : IGrainWithIntegerKey
{
    /// <summary>Wakes them, and sees to it that the reminder exists.</summary>
    [Alias("start")]
    Task Start();
}

/// <inheritdoc cref="IWebhookJanitorGrain"/>
[GrainType("webhook-janitor")]
internal sealed class WebhookJanitorGrain(IWebhookStore store) : Grain, IWebhookJanitorGrain, IRemindable
{
    private const string ReminderName = "wake";
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    public async Task Start()
    {
        await this.RegisterOrUpdateReminder(ReminderName, Period, Period);
        await WakeAll();
    }

    public Task ReceiveReminder(string reminderName, TickStatus status) => WakeAll();

    private async Task WakeAll()
    {
        foreach (var id in await store.ListEnabled())
            await GrainFactory.GetGrain<IWebhookGrain>(id.ToString()).Wake();
    }
}
