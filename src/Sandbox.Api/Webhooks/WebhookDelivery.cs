using System.Globalization;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Api.Webhooks;

/// <summary>An event on its way to a webhook, or what became of it.</summary>
public sealed record WebhookDelivery
{
    /// <summary>Its id, which the receiver sees as <c>webhook-id</c>: the same at every attempt.</summary>
    public required string Id { get; init; }

    /// <summary>The event; left out for a test.</summary>
    public string? EventId { get; init; }

    /// <summary>Type of the event.</summary>
    public required string Type { get; init; }

    /// <summary>pending, delivered or failed.</summary>
    public required string Status { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Status of the last answer; left out where there was none.</summary>
    public int? ResponseStatus { get; init; }

    /// <summary>Why the last attempt failed: status, timeout, unreachable, name_not_found, address_reserved, tls_required or tls_failed.</summary>
    public string? Error { get; init; }

    /// <summary>How long the last attempt took; left out before the first.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>When it was taken up.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When the last attempt ended; left out before the first.</summary>
    public DateTime? LastAttemptAt { get; init; }

    /// <summary>When it is tried next; left out where it is not.</summary>
    public DateTime? NextAttemptAt { get; init; }

    internal static WebhookDelivery Of(Delivery delivery) => new()
    {
        Id = delivery.Id.ToString(),
        EventId = delivery.EventId?.ToString(CultureInfo.InvariantCulture),
        Type = delivery.Type,
        Status = delivery.Status.ToString().ToLowerInvariant(),
        Attempts = delivery.Attempts,
        ResponseStatus = delivery.ResponseStatus,
        Error = delivery.Error,
        DurationSeconds = delivery.Duration?.TotalSeconds,
        CreatedAt = delivery.CreatedAt.UtcDateTime,
        LastAttemptAt = delivery.LastAttemptAt?.UtcDateTime,
        NextAttemptAt = delivery.NextAttemptAt?.UtcDateTime,
    };
}

/// <summary>A page of deliveries, newest first.</summary>
public sealed record WebhookDeliveryList
{
    /// <summary>The deliveries.</summary>
    public required IReadOnlyList<WebhookDelivery> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
