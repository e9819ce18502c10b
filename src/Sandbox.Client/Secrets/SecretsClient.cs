namespace Sandbox.Client;

/// <summary>What jobs and sessions are given, or hosts are sent for them, and nobody reads again.</summary>
public sealed class SecretsClient
{
    private const string Path = "v1/secrets";

    private readonly Transport _transport;

    internal SecretsClient(Transport transport) => _transport = transport;

    /// <summary>What is known of a secret; never its value.</summary>
    /// <param name="name">Name of the secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Secret>> GetAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(name)), ClientJson.Default.Secret, cancellationToken);

    /// <summary>Secrets, in the order of their names; never their values.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Secret> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Secret>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PageSecret, cancellationToken);

    /// <summary>Stores a secret as a new version; for admins and operators.</summary>
    /// <param name="name">Name of the secret, and of the variable that it becomes.</param>
    /// <param name="request">The value, and how it is used.</param>
    /// <param name="cancellationToken">Gives up; it may have been stored.</param>
    public Task<Reply<Secret>> SetAsync(string name, SecretRequest request, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Put, PathOf(name)).With(request, ClientJson.Default.SecretRequest).Unrepeatable(), ClientJson.Default.Secret, cancellationToken);

    /// <summary>Removes a secret and destroys its key.</summary>
    /// <param name="name">Name of the secret.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(name)), cancellationToken);

    private static string PathOf(string name) => $"{Path}/{Segment.Of(name)}";
}
