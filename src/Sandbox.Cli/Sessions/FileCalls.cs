using System.Net.Http.Headers;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Sessions;

/// <summary>The calls about the files of a session. Bytes stream, whatever their number.</summary>
internal sealed class FileCalls(ApiClient api, string session)
{
    private const int PageSize = 1000;

    public Task<Reply<SessionFilePage>> List(string path, bool recursive, string? cursor, CancellationToken cancellationToken)
    {
        var query = new QueryText()
            .Add("path", path)
            .Add("recursive", recursive ? "true" : null)
            .Add("limit", $"{PageSize}")
            .Add("cursor", cursor);
        return api.Call(() => new(HttpMethod.Get, $"{SessionCalls.PathOf(session)}/files{query}"), Wire.Default.SessionFilePage, cancellationToken);
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    public async Task<WrittenFile> Write(string path, Stream content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, PathOf(path)) { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return (await api.Upload(request, Wire.Default.WrittenFile, cancellationToken)).Value;
    }

    /// <summary>Opens a file to read; the caller disposes the response. Its ETag is the SHA-256 of the content.</summary>
    public Task<HttpResponseMessage> Open(string path, CancellationToken cancellationToken) =>
        api.Send(() => new(HttpMethod.Get, PathOf(path)), cancellationToken);

    // Slashes too are escaped, so that nothing on the way takes "." or ".." in a path for its own.
    private string PathOf(string path) =>
        $"{SessionCalls.PathOf(session)}/files/{Uri.EscapeDataString(path is "." or ".." ? "./" + path : path)}";
}
