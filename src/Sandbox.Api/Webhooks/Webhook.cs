using Stored = Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Api.Webhooks;

/// <summary>Where the tenant's events are sent to.</summary>
public record Webhook
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Address that events are posted to.</summary>
    public required string Url { get; init; }

    /// <summary>Types of events that are sent; empty for all.</summary>
    public required IReadOnlyList<string> Types { get; init; }

    /// <summary>What people say of it.</summary>
    public string? Description { get; init; }

    /// <summary>Whether events are sent.</summary>
    public required bool Enabled { get; init; }

    /// <summary>requested, failing or gone; left out where it is enabled.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The agent that made it.</summary>
    public required string AgentId { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedAt { get; init; }

    internal static Webhook Of(Stored.Webhook webhook) => new()
    {
        Id = webhook.Id.ToString(),
        Url = webhook.Url,
        Types = webhook.Types,
        Description = webhook.Description,
        Enabled = webhook.Enabled,
        DisabledReason = webhook.DisabledReason,
        AgentId = webhook.AgentId,
        CreatedAt = webhook.CreatedAt.UtcDateTime,
    };
}

/// <summary>A webhook with its secret.</summary>
public sealed record NewWebhook : Webhook
{
    /// <summary>What events are signed with (https://www.standardwebhooks.com). It is not shown again.</summary>
    public required string Secret { get; init; }

    internal static NewWebhook Of(Stored.WebhookWithSecret made) => new()
    {
        Id = made.Webhook.Id.ToString(),
        Url = made.Webhook.Url,
        Types = made.Webhook.Types,
        Description = made.Webhook.Description,
        Enabled = made.Webhook.Enabled,
        DisabledReason = made.Webhook.DisabledReason,
        AgentId = made.Webhook.AgentId,
        CreatedAt = made.Webhook.CreatedAt.UtcDateTime,
        Secret = made.Secret,
    };
}

/// <summary>The tenant's webhooks, oldest first.</summary>
public sealed record WebhookList
{
    /// <summary>The webhooks: all of them.</summary>
    public required IReadOnlyList<Webhook> Items { get; init; }
}
