using System.Text.Json;

namespace Sandbox.Client;

/// <summary>Tenants, the boundary of every resource; for operators.</summary>
public sealed class TenantsClient
{
    private const string Path = "v1/tenants";

    private readonly Transport _transport;

    internal TenantsClient(Transport transport) => _transport = transport;

    /// <summary>Makes a tenant.</summary>
    /// <param name="request">The tenant.</param>
    /// <param name="cancellationToken">Gives up; it may have been made.</param>
    public Task<Reply<Tenant>> CreateAsync(TenantRequest request, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.TenantRequest), ClientJson.Default.Tenant, cancellationToken);

    /// <summary>What is known of a tenant.</summary>
    /// <param name="id">Id of the tenant.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Tenant>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Tenant, cancellationToken);

    /// <summary>Tenants, in the order of their ids.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Tenant> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Tenant>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PageTenant, cancellationToken);

    /// <summary>What a tenant may use.</summary>
    /// <param name="id">Id of the tenant.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<QuotaSettings>> GetQuotasAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id) + "/quotas"), ClientJson.Default.QuotaSettings, cancellationToken);

    /// <summary>Sets what a tenant may use: all that is set for it. What is left out is as the installation has it.</summary>
    /// <param name="id">Id of the tenant.</param>
    /// <param name="overrides">The quotas, by name.</param>
    /// <param name="cancellationToken">Gives up; it may have been set.</param>
    public Task<Reply<QuotaSettings>> SetQuotasAsync(string id, Dictionary<string, JsonElement> overrides, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Put, PathOf(id) + "/quotas").With(overrides, ClientJson.Default.DictionaryStringJsonElement),
            ClientJson.Default.QuotaSettings,
            cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}
