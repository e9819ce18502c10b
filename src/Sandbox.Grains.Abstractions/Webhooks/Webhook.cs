namespace Sandbox.Grains.Abstractions.Webhooks;

/// <summary>Where a tenant's events are sent to. Not Orleans' to carry: it is read where it is needed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TenantId">Whose it is.</param>
/// <param name="Url">Address that events are posted to.</param>
/// <param name="Types">Types of events, or patterns; empty for all.</param>
/// <param name="Description">What people say of it; null for nothing.</param>
/// <param name="Enabled">Whether events are sent.</param>
/// <param name="DisabledReason">One of <see cref="WebhookDisabledReasons"/>; null where it is enabled.</param>
/// <param name="AgentId">Who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Webhook(
    WebhookId Id,
    string TenantId,
    string Url,
    IReadOnlyList<string> Types,
    string? Description,
    bool Enabled,
    string? DisabledReason,
    string AgentId,
    DateTimeOffset CreatedAt);

/// <summary>Why a webhook is disabled.</summary>
public static class WebhookDisabledReasons
{
    /// <summary>Somebody wants it so.</summary>
    public const string Requested = "requested";

    /// <summary>For long nothing that was sent has been taken.</summary>
    public const string Failing = "failing";

    /// <summary>The receiver has answered that it is gone for good (410).</summary>
    public const string Gone = "gone";
}

/// <summary>A webhook to be made.</summary>
/// <param name="Url">Address that events are posted to.</param>
/// <param name="Types">Types of events, or patterns; empty for all.</param>
/// <param name="Description">What people say of it; null for nothing.</param>
/// <param name="Secret">The secret as callers write it: <c>whsec_</c> and base64; null for a new one.</param>
public sealed record WebhookSpec(string Url, IReadOnlyList<string> Types, string? Description, string? Secret);

/// <summary>What is to be changed of a webhook; null leaves it as it is.</summary>
/// <param name="Url">Another address.</param>
/// <param name="Types">Other types of events.</param>
/// <param name="Description">Another description.</param>
/// <param name="Enabled">Whether events are sent. One that is enabled again goes on with the events of then.</param>
public sealed record WebhookChange(string? Url, IReadOnlyList<string>? Types, string? Description, bool? Enabled);

/// <summary>A webhook with the secret that its events are signed with.</summary>
/// <param name="Webhook">The webhook.</param>
/// <param name="Secret">The secret, which is not shown again.</param>
public sealed record WebhookWithSecret(Webhook Webhook, string Secret);
