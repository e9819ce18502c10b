using System.Net.Http.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Webhooks;

/// <summary>The calls about webhooks.</summary>
/// <param name="api">The client.</param>
/// <param name="tenant">The tenant to act in, for operators; null for the caller's own.</param>
internal sealed class WebhookCalls(ApiClient api, string? tenant)
{
    public async Task<Reply<Webhook>> Create(WebhookRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, string.Empty);
        message.Content = JsonContent.Create(request, Wire.Default.WebhookRequest);
        return await api.CallOnce(message, Wire.Default.Webhook, cancellationToken);
    }

    public Task<Reply<WebhookPage>> List(CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, string.Empty), Wire.Default.WebhookPage, cancellationToken);

    public Task<Reply<Webhook>> Enable(string id, CancellationToken cancellationToken) => api.Call(
        () =>
        {
            var message = Message(HttpMethod.Patch, Of(id));
            message.Content = JsonContent.Create(new WebhookChange(Enabled: true), Wire.Default.WebhookChange);
            return message;
        },
        Wire.Default.Webhook,
        cancellationToken);

    public async Task Delete(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => Message(HttpMethod.Delete, Of(id)), cancellationToken);
    }

    public async Task<Reply<WebhookDelivery>> Test(string id, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, Of(id) + "/test");
        return await api.CallOnce(message, Wire.Default.WebhookDelivery, cancellationToken);
    }

    public Task<Reply<WebhookDeliveryPage>> Deliveries(string id, string query, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, Of(id) + "/deliveries" + query), Wire.Default.WebhookDeliveryPage, cancellationToken);

    public async Task<Reply<WebhookDelivery>> Redeliver(string id, string delivery, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, $"{Of(id)}/deliveries/{Uri.EscapeDataString(delivery)}/redeliver");
        return await api.CallOnce(message, Wire.Default.WebhookDelivery, cancellationToken);
    }

    private HttpRequestMessage Message(HttpMethod method, string path) => TenantMessage.To(method, "v1/webhooks" + path, tenant);

    private static string Of(string id) => "/" + Uri.EscapeDataString(id);
}
