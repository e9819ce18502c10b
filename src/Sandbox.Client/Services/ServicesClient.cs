namespace Sandbox.Client;

/// <summary>Programs that answer at a port of a sandbox of their own, and are reached through the server.</summary>
public sealed class ServicesClient
{
    private const string Path = "v1/services";

    private readonly Transport _transport;

    internal ServicesClient(Transport transport) => _transport = transport;

    /// <summary>Starts a service, once however often it has to be sent, and does not wait until it answers.</summary>
    /// <param name="request">The service.</param>
    /// <param name="idempotencyKey">A name for this call, so that repeating it gives the same service; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the service may have been started.</param>
    public Task<Reply<Service>> CreateAsync(ServiceRequest request, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Post, Path).With(request, ClientJson.Default.ServiceRequest).Once(idempotencyKey), ClientJson.Default.Service, cancellationToken);

    /// <summary>The service as it stands.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Service>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Service, cancellationToken);

    /// <summary>The service when it answers, or is over.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task<Reply<Service>> WaitForStartAsync(string id, CancellationToken cancellationToken = default) => Wait.Until(
        () => _transport.Call(new ApiRequest(HttpMethod.Get, $"{PathOf(id)}?wait={_transport.WaitSeconds}"), ClientJson.Default.Service, cancellationToken),
        static service => !service.IsStarting);

    /// <summary>Services, newest first, those that are over included.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Service> ListAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        Paging.Read(filter ?? new ListFilter(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="filter">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Service>>> ListPageAsync(ListFilter? filter = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (filter ?? new ListFilter()).Query()), ClientJson.Default.PageService, cancellationToken);

    /// <summary>A part of what a service's program printed, byte for byte.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="attempt">Which start of its program, from 1.</param>
    /// <param name="from">Bytes to pass over.</param>
    /// <param name="wait">How long to wait for the first byte, at most a minute; null for not at all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<OutputPart> ReadLogAsync(string id, int attempt, long from = 0, TimeSpan? wait = null, CancellationToken cancellationToken = default)
    {
        var query = new QueryText().Add("attempt", attempt).Add("from", from).Add("wait", wait);
        return _transport.Fetch(new ApiRequest(HttpMethod.Get, $"{PathOf(id)}/logs{query}"), OutputPart.Read, cancellationToken);
    }

    /// <summary>Makes a token, which opens one service and nothing else.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="expiresInSeconds">How long it is good for; null for as long as the service lives.</param>
    /// <param name="cancellationToken">Gives up; the token may have been made.</param>
    public Task<Reply<ServiceToken>> CreateTokenAsync(string id, double? expiresInSeconds = null, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Post, PathOf(id) + "/tokens").With(new ServiceTokenRequest { ExpiresInSeconds = expiresInSeconds }, ClientJson.Default.ServiceTokenRequest),
        ClientJson.Default.ServiceToken,
        cancellationToken);

    /// <summary>Tokens that open a service, oldest first; never their text.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<ServiceToken> ListTokensAsync(string id, CancellationToken cancellationToken = default) =>
        Paging.ReadOne(token => ListTokensPageAsync(id, token), cancellationToken);

    /// <summary>All tokens of a service, in the one page that there is.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<ServiceToken>>> ListTokensPageAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id) + "/tokens"), ClientJson.Default.PageServiceToken, cancellationToken);

    /// <summary>Revokes a token; it opens nothing from then on.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="token">Id of the token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RevokeTokenAsync(string id, string token, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, $"{PathOf(id)}/tokens/{Segment.Of(token)}"), cancellationToken);

    /// <summary>Stops a service. What it was, and its logs, stay readable.</summary>
    /// <param name="id">Id of the service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task StopAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}
