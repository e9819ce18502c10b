namespace Sandbox.Client;

/// <summary>Where the tenant's events are sent to.</summary>
public record Webhook
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Address that events are posted to.</summary>
    public string Url { get => field ?? string.Empty; init; }

    /// <summary>Types of events that are sent; empty for all.</summary>
    public IReadOnlyList<string> Types { get => field ?? []; init; }

    /// <summary>What people say of it.</summary>
    public string? Description { get; init; }

    /// <summary>Whether events are sent.</summary>
    public bool Enabled { get; init; }

    /// <summary>requested, failing or gone; left out where it is enabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The agent that made it.</summary>
    public string AgentId { get => field ?? string.Empty; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>A webhook with its secret.</summary>
public sealed record NewWebhook : Webhook
{
    /// <summary>What events are signed with (https://www.standardwebhooks.com). It is not shown again.</summary>
    public string Secret { get => field ?? string.Empty; init; }

    /// <summary>The id: a secret does not belong into logs.</summary>
    public override string ToString() => Id;
}

/// <summary>An event on its way to a webhook, or what became of it.</summary>
public sealed record WebhookDelivery
{
    /// <summary>Its id, which the receiver sees as <c>webhook-id</c>: the same at every attempt.</summary>
    public required string Id { get; init; }

    /// <summary>The event; left out for a test.</summary>
    public string? EventId { get; init; }

    /// <summary>Type of the event.</summary>
    public string Type { get => field ?? string.Empty; init; }

    /// <summary>pending, delivered or failed.</summary>
    public required string Status { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Status of the last answer; left out where there was none.</summary>
    public int? ResponseStatus { get; init; }

    /// <summary>Why the last attempt failed: status, timeout, unreachable, name_not_found, address_reserved, tls_required or tls_failed.</summary>
    public string? Error { get; init; }

    /// <summary>How long the last attempt took; left out before the first.</summary>
    public double? DurationSeconds { get; init; }

    /// <summary>When it was taken up.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last attempt ended; left out before the first.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>When it is tried next; left out where it is not.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
}
