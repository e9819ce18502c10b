using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>What an attempt came to.</summary>
/// <param name="Status">Status of the answer; null where there was none.</param>
/// <param name="Error">One of <see cref="DeliveryErrors"/>; null where the event was taken.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record WebhookAttempt(int? Status, string? Error, TimeSpan Duration)
{
    private const int Gone = 410;

    /// <summary>Whether the receiver wants nothing any more.</summary>
    public bool IsGone => Status == Gone;

    /// <summary>The delivery after it: taken, to be tried again, or given up.</summary>
    public Delivery Applied(Delivery delivery, WebhookOptions options, DateTimeOffset now, double chance)
    {
        var tries = delivery.Tries + 1;
        var (status, next) = this switch
        {
            { Error: null } => (DeliveryStatus.Delivered, (DateTimeOffset?)null),
            _ when tries >= options.MaxAttempts => (DeliveryStatus.Failed, null),
            _ => (DeliveryStatus.Pending, now + WebhookBackoff.After(options, tries, chance)),
        };
        return delivery with
        {
            Status = status,
            Attempts = delivery.Attempts + 1,
            Tries = tries,
            NextAttemptAt = next,
            LastAttemptAt = now,
            ResponseStatus = Status,
            Error = Error,
            Duration = Duration,
        };
    }
}
