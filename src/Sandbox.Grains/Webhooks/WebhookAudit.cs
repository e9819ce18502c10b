using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>
/// What is recorded of webhooks. Of an address only the host: the rest of it may be what opens it. Deliveries are in their own log, since
/// they would be events of what they deliver.
/// </summary>
internal static class WebhookAudit
{
    public static AuditEvent Done(Caller caller, WebhookId id, string action, params ReadOnlySpan<(string Name, string? Value)> details) =>
        AuditEvent.By(caller, action, Resource(id), AuditOutcomes.Succeeded).With(details);

    public static AuditEvent Asked(Caller caller, WebhookId id, params ReadOnlySpan<(string Name, string? Value)> details) =>
        AuditEvent.By(caller, AuditActions.WebhookSend, Resource(id)).With(details);

    public static AuditEvent Disabled(Webhook webhook, string reason) =>
        AuditEvent.OfItself(webhook.TenantId, webhook.AgentId, AuditActions.WebhookDisabled, Resource(webhook.Id), AuditOutcomes.Succeeded) with { Cause = reason };

    public static string? HostOf(string? url) => url is not null && WebhookUrl.TryParse(url, out var parsed) ? parsed.IdnHost : null;

    private static AuditResource Resource(WebhookId id) => new(AuditResourceTypes.Webhook, id.ToString());
}
