using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// The files of live sessions. Bytes do not ride in grain messages: the grain permits, and the bytes flow between the
/// caller and the sandbox. Paths are absolute inside the sandbox, or relative to its workspace. Nothing follows a
/// symbolic link that it reads.
/// </summary>
public interface ISessionFiles
{
    /// <summary>Describes a file, folder or link.</summary>
    Task<Reply<SessionFile>> Stat(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default);

    /// <summary>A regular file with its checksum; nothing of the content is sent before it is read. The caller disposes it.</summary>
    Task<Reply<SessionFileContent>> Open(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default);

    /// <summary>Writes a file, whole or not at all; missing folders are made.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="session">The session.</param>
    /// <param name="path">Where to.</param>
    /// <param name="content">The bytes, of any number that the disk limit permits.</param>
    /// <param name="overwrite">False to refuse where there is something already.</param>
    /// <param name="cancellationToken">Ends the transfer; nothing of the file remains.</param>
    Task<Reply<WrittenFile>> Write(
        Caller caller, SessionId session, string path, Stream content, bool overwrite, CancellationToken cancellationToken = default);

    /// <summary>A page of a folder, in the order of the paths' bytes; of a file, the file alone.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="session">The session.</param>
    /// <param name="path">The folder.</param>
    /// <param name="recursive">True for everything below it.</param>
    /// <param name="cursor">What the page before said comes next; null for the first page.</param>
    /// <param name="limit">Most entries, 1 to 1000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Reply<SessionFilePage>> List(
        Caller caller, SessionId session, string path, bool recursive, byte[]? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>Moves or renames a file or folder, and describes it where it is then.</summary>
    Task<Reply<SessionFile>> Move(Caller caller, SessionId session, string from, string to, bool overwrite, CancellationToken cancellationToken = default);

    /// <summary>Makes a folder with the missing ones around it, and describes it. One that exists is no error.</summary>
    Task<Reply<SessionFile>> MakeFolder(Caller caller, SessionId session, string path, CancellationToken cancellationToken = default);

    /// <summary>Removes a file, a link or a folder; of a folder all it holds, where <paramref name="recursive"/> says so. Answers with what it was.</summary>
    Task<Reply<SessionFile>> Remove(Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default);

    /// <summary>Watches a folder: every change from now on. The caller disposes it.</summary>
    Task<Reply<SessionWatch>> Watch(Caller caller, SessionId session, string path, bool recursive, CancellationToken cancellationToken = default);
}

/// <summary>What a path is.</summary>
/// <param name="Path">The path that was asked for, or relative to the folder that was listed. What is no valid UTF-8 in it is U+FFFD.</param>
/// <param name="Kind">One of <c>file</c>, <c>directory</c>, <c>link</c>, <c>other</c>.</param>
/// <param name="SizeBytes">Size of a regular file.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="ModifiedAt">When the content was modified.</param>
/// <param name="LinkTarget">Where a link leads to, as it is written.</param>
public sealed record SessionFile(string Path, string Kind, long? SizeBytes, int Mode, DateTimeOffset ModifiedAt, string? LinkTarget);

/// <summary>A file that was written.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Sha256">SHA-256 of the content, lower-case hexadecimal.</param>
/// <param name="Created">False when something was there before.</param>
public sealed record WrittenFile(string Path, long SizeBytes, string Sha256, bool Created);

/// <summary>A page of a folder.</summary>
/// <param name="Items">The entries.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
/// <param name="Incomplete">True when something below is not listed because it is too deep, not readable, or the kernel's.</param>
public sealed record SessionFilePage(IReadOnlyList<SessionFile> Items, byte[]? Next, bool Incomplete);

/// <summary>A regular file to read.</summary>
/// <param name="file">What it is.</param>
/// <param name="sha256">SHA-256 of the whole content, lower-case hexadecimal; null where it changes all the time.</param>
/// <param name="content">The content, seekable; what is not read is not sent.</param>
public sealed class SessionFileContent(SessionFile file, string? sha256, Stream content) : IAsyncDisposable
{
    /// <summary>What it is.</summary>
    public SessionFile File { get; } = file;

    /// <summary>SHA-256 of the whole content, lower-case hexadecimal; null where it changes all the time.</summary>
    public string? Sha256 { get; } = sha256;

    /// <summary>The content, seekable; what is not read is not sent.</summary>
    public Stream Content { get; } = content;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>A folder that is being watched.</summary>
/// <param name="changes">What happens, until the folder itself or the session is gone. To be read once.</param>
/// <param name="end">Ends the watch.</param>
public sealed class SessionWatch(IAsyncEnumerable<FileChange> changes, Func<ValueTask> end) : IAsyncDisposable
{
    /// <summary>What happens, until the folder itself or the session is gone. To be read once.</summary>
    public IAsyncEnumerable<FileChange> Changes { get; } = changes;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => end();
}

/// <summary>A change in a folder that is watched.</summary>
/// <param name="Kind">One of <c>created</c>, <c>modified</c>, <c>deleted</c>, <c>moved</c>, <c>overflow</c>: list the folder.</param>
/// <param name="Path">Path relative to the folder.</param>
/// <param name="From">Of a move: the path before.</param>
public sealed record FileChange(string Kind, string Path, string? From);
