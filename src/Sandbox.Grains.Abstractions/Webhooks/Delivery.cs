namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>An event on its way to a webhook, or what became of it.</summary>
/// <param name="Id">Its id, which the receiver sees as <c>webhook-id</c>: the same at every attempt.</param>
/// <param name="WebhookId">Where it goes.</param>
/// <param name="Number">Its place among the deliveries of the webhook, from 1.</param>
/// <param name="EventId">Sequence of the event on the tenant's audit record; null for a test.</param>
/// <param name="Type">Type of the event.</param>
/// <param name="CreatedAt">When it was taken up.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Attempts">Attempts until now, those before a redelivery included.</param>
/// <param name="Tries">Attempts since it was taken up or redelivered: what the next wait and giving up go by.</param>
/// <param name="NextAttemptAt">When the next attempt is due; null where none is.</param>
/// <param name="LastAttemptAt">When the last attempt ended; null before the first.</param>
/// <param name="ResponseStatus">Status of the last answer; null where there was none.</param>
/// <param name="Error">Why the last attempt failed, one of <see cref="DeliveryErrors"/>; null where it did not.</param>
/// <param name="Duration">How long the last attempt took; null before the first.</param>
public sealed record Delivery(
    DeliveryId Id,
    WebhookId WebhookId,
    long Number,
    long? EventId,
    string Type,
    DateTimeOffset CreatedAt,
    DeliveryStatus Status = DeliveryStatus.Pending,
    int Attempts = 0,
    int Tries = 0,
    DateTimeOffset? NextAttemptAt = null,
    DateTimeOffset? LastAttemptAt = null,
    int? ResponseStatus = null,
    string? Error = null,
    TimeSpan? Duration = null);

/// <summary>How a delivery stands.</summary>
public enum DeliveryStatus
{
    /// <summary>It is to be tried, for the first time or again.</summary>
    Pending = 0,

    /// <summary>The receiver has taken it.</summary>
    Delivered = 1,

    /// <summary>It was given up.</summary>
    Failed = 2,
}

/// <summary>Why an attempt failed. Part of the public interface: never renamed.</summary>
public static class DeliveryErrors
{
    /// <summary>The answer was none of success; redirections are not followed.</summary>
    public const string Status = "status";

    /// <summary>No answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>No connection, or it broke.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The name has no address.</summary>
    public const string NameNotFound = "name_not_found";

    /// <summary>The address is private, special or the node's own, and the operator does not allow it.</summary>
    public const string AddressReserved = "address_reserved";

    /// <summary>The operator allows TLS only.</summary>
    public const string TlsRequired = "tls_required";

    /// <summary>TLS failed: the certificate is not good for the name, as a rule.</summary>
    public const string TlsFailed = "tls_failed";
}

/// <summary>A page of deliveries, newest first.</summary>
/// <param name="Items">The deliveries.</param>
/// <param name="Next">Number before which the next page begins; null on the last one.</param>
public sealed record DeliveryPage(IReadOnlyList<Delivery> Items, long? Next);
