using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Tenants;

/// <summary>The calls about tenants and API keys.</summary>
/// <param name="api">The client.</param>
/// <param name="tenant">The tenant to act in, for operators; null for the caller's own.</param>
internal sealed class TenantCalls(ApiClient api, string? tenant = null)
{
    public async Task<Reply<Tenant>> Create(TenantRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, "v1/tenants");
        message.Content = JsonContent.Create(request, Wire.Default.TenantRequest);
        return await api.CallOnce(message, Wire.Default.Tenant, cancellationToken);
    }

    public Task<Reply<TenantPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, "v1/tenants" + query), Wire.Default.TenantPage, cancellationToken);

    public Task<Reply<QuotaSettings>> GetQuotas(string id, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, QuotasOf(id)), Wire.Default.QuotaSettings, cancellationToken);

    public Task<Reply<QuotaSettings>> SetQuotas(string id, Dictionary<string, JsonElement> quotas, CancellationToken cancellationToken) => api.Call(
        () =>
        {
            var message = Message(HttpMethod.Put, QuotasOf(id));
            message.Content = JsonContent.Create(quotas, Wire.Default.DictionaryStringJsonElement);
            return message;
        },
        Wire.Default.QuotaSettings,
        cancellationToken);

    public Task<Reply<Dictionary<string, JsonElement>>> Usage(CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, "v1/usage"), Wire.Default.DictionaryStringJsonElement, cancellationToken);

    public async Task<Reply<NewApiKey>> CreateKey(ApiKeyRequest request, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, "v1/api-keys");
        message.Content = JsonContent.Create(request, Wire.Default.ApiKeyRequest);
        return await api.CallOnce(message, Wire.Default.NewApiKey, cancellationToken);
    }

    public Task<Reply<ApiKeyPage>> ListKeys(string query, CancellationToken cancellationToken) =>
        api.Call(() => Message(HttpMethod.Get, "v1/api-keys" + query), Wire.Default.ApiKeyPage, cancellationToken);

    public async Task DeleteKey(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => Message(HttpMethod.Delete, "v1/api-keys/" + Uri.EscapeDataString(id)), cancellationToken);
    }

    private static string QuotasOf(string id) => $"v1/tenants/{Uri.EscapeDataString(id)}/quotas";

    private HttpRequestMessage Message(HttpMethod method, string path) => TenantMessage.To(method, path, tenant);
}
