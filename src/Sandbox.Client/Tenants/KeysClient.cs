namespace Sandbox.Client;

/// <summary>API keys; for admins and operators.</summary>
public sealed class KeysClient
{
    private const string Path = "v1/api-keys";

    private readonly Transport _transport;

    internal KeysClient(Transport transport) => _transport = transport;

    /// <summary>Makes a key, which is told this once.</summary>
    /// <param name="request">The key.</param>
    /// <param name="cancellationToken">Gives up; it may have been made.</param>
    public Task<Reply<NewApiKey>> CreateAsync(ApiKeyRequest request, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.ApiKeyRequest), ClientJson.Default.NewApiKey, cancellationToken);

    /// <summary>What is known of a key; never the key itself.</summary>
    /// <param name="id">Id of the key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<ApiKey>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.ApiKey, cancellationToken);

    /// <summary>Keys, newest first; never the keys themselves.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<ApiKey> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<ApiKey>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PageApiKey, cancellationToken);

    /// <summary>Removes a key; it opens nothing from then on.</summary>
    /// <param name="id">Id of the key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}
