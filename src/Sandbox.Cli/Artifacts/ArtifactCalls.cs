using System.Net.Http.Headers;
using System.Net.Http.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Artifacts;

/// <summary>The calls about artifacts. Content streams both ways.</summary>
internal sealed class ArtifactCalls(ApiClient api)
{
    public Task<Reply<StoredArtifact>> Upload(string name, string? contentType, double? expiresInSeconds, Stream content, CancellationToken cancellationToken)
    {
        var query = new QueryText().Add("name", name).Add("expiresInSeconds", expiresInSeconds is { } seconds ? FormattableString.Invariant($"{seconds}") : null);
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/artifacts" + query) { Content = new StreamContent(content) };
        if (contentType is not null)
            request.Content.Headers.ContentType = Parse(contentType);
        return api.Upload(request, Wire.Default.StoredArtifact, cancellationToken);
    }

    public Task<Reply<ArtifactPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, "v1/artifacts" + query), Wire.Default.ArtifactPage, cancellationToken);

    public Task<Reply<StoredArtifact>> Get(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, PathOf(id)), Wire.Default.StoredArtifact, cancellationToken);

    /// <summary>Opens the content; the caller disposes the response. Its ETag is the SHA-256 of the content.</summary>
    public Task<HttpResponseMessage> Open(string id, CancellationToken cancellationToken) =>
        api.Send(() => new(HttpMethod.Get, PathOf(id) + "/content"), cancellationToken);

    public Task<Reply<ArtifactUrl>> MakeUrl(string id, ArtifactUrlRequest request, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, PathOf(id) + "/url") { Content = JsonContent.Create(request, Wire.Default.ArtifactUrlRequest) };
        return api.CallOnce(message, Wire.Default.ArtifactUrl, cancellationToken);
    }

    /// <summary>Revokes one URL of an artifact, or all where <paramref name="url"/> is null.</summary>
    public async Task Revoke(string id, string? url, CancellationToken cancellationToken)
    {
        var path = $"{PathOf(id)}/url{(url is null ? string.Empty : "/" + Uri.EscapeDataString(url))}";
        using var response = await api.Send(() => new(HttpMethod.Delete, path), cancellationToken);
    }

    public async Task Delete(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, PathOf(id)), cancellationToken);
    }

    private static string PathOf(string id) => "v1/artifacts/" + Uri.EscapeDataString(id);

    private static MediaTypeHeaderValue Parse(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : throw new CliException($"'{contentType}' is no media type; write for example text/csv.");
}
