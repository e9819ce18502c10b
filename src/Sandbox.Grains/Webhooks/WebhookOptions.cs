using System.ComponentModel.DataAnnotations;

namespace Sandbox.Grains.Webhooks;

/// <summary>How webhooks are sent. Configuration section <c>Sandbox:Webhooks</c>; read at start.</summary>
public sealed class WebhookOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox:Webhooks";

    /// <summary>
    /// Ranges of private, link-local, loopback and the node's own addresses that webhooks may go to, such as <c>10.1.0.0/16</c>. None
    /// unless they are named here: a tenant's admin is not the operator of the network around the node.
    /// </summary>
    public IReadOnlyList<string> AllowedRanges { get; set; } = [];

    /// <summary>Whether addresses without TLS are taken. Default: no.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>Webhooks that a tenant may have.</summary>
    [Range(1, 100)]
    public int MaxPerTenant { get; set; } = 20;

    /// <summary>Longest time for an attempt, from resolving the name to the head of the answer, in seconds.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Wait before the second attempt, in seconds; each further one is twice as long.</summary>
    [Range(0.01, 3600)]
    public double FirstRetrySeconds { get; set; } = 5;

    /// <summary>Longest wait between attempts, in seconds.</summary>
    [Range(0.01, 86_400)]
    public double LongestRetrySeconds { get; set; } = 3600;

    /// <summary>Attempts of one delivery, after which it is given up. The default is about a day.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 33;

    /// <summary>Deliveries of a webhook that wait for another attempt; as long as there are so many, no further events are taken up.</summary>
    [Range(1, 1000)]
    public int MaxPending { get; set; } = 20;

    /// <summary>A webhook of which every attempt has failed for this long is disabled, in hours.</summary>
    [Range(0.0001, 10_000)]
    public double DisableAfterHours { get; set; } = 72;

    /// <summary>Deliveries of a webhook that are kept once they are over: its log.</summary>
    [Range(1, 100_000)]
    public int MaxDeliveries { get; set; } = 500;
}
