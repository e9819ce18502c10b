namespace Sandbox.Cli.Webhooks;

internal sealed record WebhookRequest(string Url, IReadOnlyList<string>? Types = null, string? Description = null);

internal sealed record WebhookChange(bool Enabled);

internal sealed record Webhook(
    string Id, string Url, IReadOnlyList<string> Types, bool Enabled, string? DisabledReason = null, DateTimeOffset? CreatedAt = null, string? Secret = null);

internal sealed record WebhookPage(IReadOnlyList<Webhook> Items);

internal sealed record WebhookDelivery(
    string Id, string Type, string Status, int Attempts, int? ResponseStatus = null, string? Error = null, string? EventId = null,
    DateTimeOffset? CreatedAt = null, DateTimeOffset? NextAttemptAt = null);

internal sealed record WebhookDeliveryPage(IReadOnlyList<WebhookDelivery> Items, string? NextCursor = null);
