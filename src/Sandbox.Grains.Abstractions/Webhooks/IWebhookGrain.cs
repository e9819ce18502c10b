using Orleans.Concurrency;

namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>Sends the events of one webhook, from one process of the cluster; its key is the webhook's id.</summary>
[Alias("sandbox.webhook")]
public interface IWebhookGrain : IGrainWithStringKey
{
    /// <summary>Sees to it that what is to be sent is sent, from now on.</summary>
    [AlwaysInterleave, Alias("wake")]
    Task Wake();
}
