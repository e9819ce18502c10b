namespace Sandbox.Client;

/// <summary>Files that are kept: uploads, and what jobs and steps have left. Content streams both ways.</summary>
public sealed class ArtifactsClient
{
    private const string Path = "v1/artifacts";

    private readonly Transport _transport;

    internal ArtifactsClient(Transport transport) => _transport = transport;

    /// <summary>Uploads a file, once however often it has to be sent. What has arrived is compared with what was sent.</summary>
    /// <param name="name">Its file name, without a path.</param>
    /// <param name="content">The content; it is not closed. One that can seek is sent again where a connection breaks.</param>
    /// <param name="options">More about it; null for the server's defaults.</param>
    /// <param name="idempotencyKey">A name for this call; null for a new one.</param>
    /// <param name="cancellationToken">Gives up; the artifact may have been stored.</param>
    /// <exception cref="FormatException">The media type is none.</exception>
    public async Task<Reply<Artifact>> UploadAsync(
        string name, Stream content, ArtifactOptions? options = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var query = new QueryText().Add("name", name).Add("expiresInSeconds", options?.ExpiresInSeconds);
        var request = new ApiRequest(HttpMethod.Post, Path + query).With(content, options?.ContentType).Once(idempotencyKey);
        var reply = await _transport.Call(request, ClientJson.Default.Artifact, cancellationToken).ConfigureAwait(false);
        DownloadedContent.Compare(name, request.SentSha256, reply.Value.Sha256);
        return reply;
    }

    /// <summary>What is known of an artifact.</summary>
    /// <param name="id">Id of the artifact.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Artifact>> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, PathOf(id)), ClientJson.Default.Artifact, cancellationToken);

    /// <summary>Artifacts, newest first.</summary>
    /// <param name="options">Which; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<Artifact> ListAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Paging.Read(options ?? new ListOptions(), ListPageAsync, cancellationToken);

    /// <summary>One page of the list.</summary>
    /// <param name="options">Which; null for the first of all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<Page<Artifact>>> ListPageAsync(ListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(new ApiRequest(HttpMethod.Get, Path + (options ?? new ListOptions()).Query()), ClientJson.Default.PageArtifact, cancellationToken);

    /// <summary>Opens the content; the caller disposes it.</summary>
    /// <param name="id">Id of the artifact.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DownloadedContent> OpenAsync(string id, CancellationToken cancellationToken = default) =>
        new(await _transport.Open(new ApiRequest(HttpMethod.Get, PathOf(id) + "/content"), cancellationToken).ConfigureAwait(false), id);

    /// <summary>Makes a link that needs no credential.</summary>
    /// <param name="id">Id of the artifact.</param>
    /// <param name="expiresInSeconds">How long it is good for; null for the server's default.</param>
    /// <param name="cancellationToken">Gives up; the link may have been made.</param>
    public Task<Reply<ArtifactUrl>> CreateUrlAsync(string id, double? expiresInSeconds = null, CancellationToken cancellationToken = default) => _transport.Call(
        new ApiRequest(HttpMethod.Post, PathOf(id) + "/url").With(new ArtifactUrlRequest(expiresInSeconds), ClientJson.Default.ArtifactUrlRequest),
        ClientJson.Default.ArtifactUrl,
        cancellationToken);

    /// <summary>Revokes links of an artifact; they open nothing from then on.</summary>
    /// <param name="id">Id of the artifact.</param>
    /// <param name="url">Id of the link; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RevokeUrlsAsync(string id, string? url = null, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, $"{PathOf(id)}/url{(url is null ? string.Empty : "/" + Segment.Of(url))}"), cancellationToken);

    /// <summary>Removes an artifact; its links open nothing any more.</summary>
    /// <param name="id">Id of the artifact.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(id)), cancellationToken);

    private static string PathOf(string id) => $"{Path}/{Segment.Of(id)}";
}

/// <summary>More about a file to upload.</summary>
public sealed record ArtifactOptions
{
    /// <summary>Media type. Default: guessed from the name.</summary>
    public string? ContentType { get; init; }

    /// <summary>Seconds after which it is removed. Default: it is kept.</summary>
    public double? ExpiresInSeconds { get; init; }
}

/// <summary>A link to make.</summary>
internal sealed record ArtifactUrlRequest(double? ExpiresInSeconds);
