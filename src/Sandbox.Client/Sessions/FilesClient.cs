using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>Files of a session. Content streams, of any size; paths are relative to /workspace, or absolute inside the sandbox.</summary>
public sealed class FilesClient
{
    private readonly Transport _transport;

    internal FilesClient(Transport transport) => _transport = transport;

    /// <summary>What is in a folder, in the order of the paths.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Which folder; null for the workspace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<SessionFile> ListAsync(string session, FileListOptions? options = null, CancellationToken cancellationToken = default)
    {
        return Paging.Read(options ?? new FileListOptions(), Read, cancellationToken);

        async Task<Reply<Page<SessionFile>>> Read(FileListOptions at, CancellationToken token)
        {
            var reply = await ListPageAsync(session, at, token).ConfigureAwait(false);
            return new Reply<Page<SessionFile>>(new Page<SessionFile> { Items = reply.Value.Items, NextCursor = reply.Value.NextCursor }, reply.Body);
        }
    }

    /// <summary>One page of the list.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="options">Which folder; null for the workspace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Reply<SessionFilePage>> ListPageAsync(string session, FileListOptions? options = null, CancellationToken cancellationToken = default) =>
        _transport.Call(
            new ApiRequest(HttpMethod.Get, $"{SessionsClient.PathOf(session)}/files{(options ?? new FileListOptions()).Query()}"),
            ClientJson.Default.SessionFilePage,
            cancellationToken);

    /// <summary>Writes a file, whole or not at all; missing folders are made. What has arrived is compared with what was sent.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="path">Where.</param>
    /// <param name="content">The content; it is not closed. One that can seek is sent again where a connection breaks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply<WrittenFile>> WriteAsync(string session, string path, Stream content, CancellationToken cancellationToken = default)
    {
        var request = new ApiRequest(HttpMethod.Put, PathOf(session, path)).With(content, "application/octet-stream");
        var reply = await _transport.Call(request, ClientJson.Default.WrittenFile, cancellationToken).ConfigureAwait(false);
        DownloadedContent.Compare(path, request.SentSha256, reply.Value.Sha256);
        return reply;
    }

    /// <summary>Opens a file to read; the caller disposes it.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="path">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<DownloadedContent> OpenAsync(string session, string path, CancellationToken cancellationToken = default) =>
        new(await _transport.Open(new ApiRequest(HttpMethod.Get, PathOf(session, path)), cancellationToken).ConfigureAwait(false), path);

    /// <summary>Removes a file, a link, or a folder.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="path">Which.</param>
    /// <param name="recursive">Whether a folder goes with all it holds.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task DeleteAsync(string session, string path, bool recursive = false, CancellationToken cancellationToken = default) =>
        _transport.Send(new ApiRequest(HttpMethod.Delete, PathOf(session, path) + new QueryText().Add("recursive", recursive)), cancellationToken);

    /// <summary>Moves or renames a file or folder.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="from">Where it is.</param>
    /// <param name="to">Where it shall be; the folder around it has to exist.</param>
    /// <param name="overwrite">Whether a file that is there already is replaced.</param>
    /// <param name="cancellationToken">Gives up; it may have been moved.</param>
    public Task MoveAsync(string session, string from, string to, bool overwrite = false, CancellationToken cancellationToken = default) => _transport.Send(
        new ApiRequest(HttpMethod.Post, SessionsClient.PathOf(session) + "/files/move").With(new MoveRequest(from, to, overwrite), ClientJson.Default.MoveRequest),
        cancellationToken);

    /// <summary>Makes a folder with the missing ones around it; one that exists is no error.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="path">Where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task MakeFolderAsync(string session, string path, CancellationToken cancellationToken = default) => _transport.Send(
        new ApiRequest(HttpMethod.Post, SessionsClient.PathOf(session) + "/files/folder").With(new FolderRequest(path), ClientJson.Default.FolderRequest).Repeatable(),
        cancellationToken);

    /// <summary>What changes in a folder from now on. What happens while a connection is made anew is not told.</summary>
    /// <param name="session">Id of the session.</param>
    /// <param name="path">The folder; the workspace where left out.</param>
    /// <param name="recursive">Whether the folders below it as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<FileChange> WatchAsync(
        string session, string? path = null, bool recursive = false, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = new QueryText().Add("path", path).Add("recursive", recursive);
        var events = _transport.Events($"{SessionsClient.PathOf(session)}/watch{query}", null);
        // The server says nothing in between.
        events.LongestSilence = Timeout.InfiniteTimeSpan;
        await foreach (var item in events.Read(cancellationToken).ConfigureAwait(false))
        {
            if (JsonSerializer.Deserialize(item.Data, ClientJson.Default.FileChange) is { } change)
                yield return change with { Kind = item.Kind };
        }
    }

    // Slashes too are escaped, so that nothing on the way takes "." or ".." in a path for its own.
    private static string PathOf(string session, string path) =>
        $"{SessionsClient.PathOf(session)}/files/{Segment.Of(path is "." or ".." ? "./" + path : path)}";
}

/// <summary>A file or folder to move.</summary>
internal sealed record MoveRequest(string From, string To, bool Overwrite);

/// <summary>A folder to make.</summary>
internal sealed record FolderRequest(string Path);
