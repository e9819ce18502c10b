using System.Net.Http.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Secrets;

/// <summary>The calls about secrets.</summary>
/// <param name="api">The client.</param>
/// <param name="tenant">The tenant to act in, for operators; null for the caller's own.</param>
internal sealed class SecretCalls(ApiClient api, string? tenant)
{
    private const string Path = "v1/secrets";

    public async Task<Reply<Secret>> Put(string name, SecretRequest request, CancellationToken cancellationToken)
    {
        using var message = TenantMessage.To(HttpMethod.Put, PathOf(name), tenant);
        message.Content = JsonContent.Create(request, Wire.Default.SecretRequest);
        return await api.CallOnce(message, Wire.Default.Secret, cancellationToken);
    }

    public Task<Reply<SecretPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => TenantMessage.To(HttpMethod.Get, Path + query, tenant), Wire.Default.SecretPage, cancellationToken);

    public async Task Remove(string name, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => TenantMessage.To(HttpMethod.Delete, PathOf(name), tenant), cancellationToken);
    }

    private static string PathOf(string name) => $"{Path}/{Uri.EscapeDataString(name)}";
}
