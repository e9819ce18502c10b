using Sandbox.Protocol;

namespace Sandbox.Runtime.Channel;

/// <summary>
/// The files of one sandbox, as its user sees them. Paths are absolute, or relative to the root that a request names;
/// <see cref="SandboxPath"/> makes them from what a caller says. Refusals are an <see cref="AgentRequestException"/>.
/// </summary>
public interface IAgentFiles
{
    /// <summary>Describes a file, folder or link; no link is followed.</summary>
    Task<FileEntry> Stat(string path, CancellationToken cancellationToken);

    /// <summary>Lists a folder; the pages, each asked for with <see cref="ListReply.Next"/> of the one before, are in order and do not repeat.</summary>
    Task<ListReply> List(ListRequest request, CancellationToken cancellationToken);

    /// <summary>Opens a regular file, or a range of it, for reading.</summary>
    Task<AgentFile> ReadFile(ReadFileRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file, whole or not at all. What is read of the content is sent as it comes; a refusal ends the reading.
    /// </summary>
    /// <exception cref="FileContentException">The content could not be read; nothing was written.</exception>
    Task<FileWritten> WriteFile(WriteFileRequest request, Stream content, CancellationToken cancellationToken);

    /// <summary>Finds regular files by glob.</summary>
    Task<FindFilesReply> FindFiles(FindFilesRequest request, CancellationToken cancellationToken);

    /// <summary>Moves or renames a file or folder.</summary>
    Task Move(MoveRequest request, CancellationToken cancellationToken);

    /// <summary>Makes a folder.</summary>
    Task MakeFolder(MakeFolderRequest request, CancellationToken cancellationToken);

    /// <summary>Removes a file or folder. Cancelling stops the removal where it is.</summary>
    Task Remove(RemoveRequest request, CancellationToken cancellationToken);

    /// <summary>Everything below a folder as a tar stream.</summary>
    Task<AgentTree> ExportTree(ExportTreeRequest request, CancellationToken cancellationToken);

    /// <summary>Unpacks a stream that came so. A refusal leaves a part unpacked.</summary>
    /// <exception cref="FileContentException">The content could not be read.</exception>
    Task<TreeImported> ImportTree(ImportTreeRequest request, Stream content, CancellationToken cancellationToken);

    /// <summary>Watches a folder. Completes when it is watched: every change from then on is told.</summary>
    Task<IAgentWatch> Watch(WatchRequest request, CancellationToken cancellationToken);
}

/// <summary>What was to be written to a sandbox could not be read; the inner exception says why.</summary>
public sealed class FileContentException(Exception inner) : Exception("The content of the file could not be read.", inner);

/// <summary>A folder of a sandbox that is being watched. Disposing of it ends the watch.</summary>
public interface IAgentWatch : IAsyncDisposable
{
    /// <summary>
    /// What happens, until the folder itself is gone. Whoever reads slowly holds up nobody; what is too much meanwhile is told
    /// as <see cref="FileEventKind.Overflow"/>. To be read once.
    /// </summary>
    IAsyncEnumerable<FileEvent> Events(CancellationToken cancellationToken);
}

/// <summary>A folder of a sandbox that is being exported. Disposing of it abandons what was not read.</summary>
public sealed class AgentTree : IAsyncDisposable
{
    /// <summary>Takes over the content.</summary>
    public AgentTree(Func<AgentTree, Stream> content) => Content = content(this);

    /// <summary>The tar stream, read asynchronously; never more than was asked for.</summary>
    public Stream Content { get; }

    /// <summary>What was sent and what was left out; null until the content has been read to its end.</summary>
    public TreeExported? Exported { get; set; }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>A regular file of a sandbox that is being read. Disposing of it abandons what was not read.</summary>
/// <param name="entry">The file as it was when it was opened.</param>
/// <param name="offset">Where the content begins, in bytes from the file's beginning.</param>
/// <param name="length">Bytes of content.</param>
/// <param name="content">
/// The content, read asynchronously; never more than <paramref name="length"/>, and less only where the file has become
/// shorter meanwhile.
/// </param>
public sealed class AgentFile(FileEntry entry, long offset, long length, Stream content) : IAsyncDisposable
{
    /// <summary>The file as it was when it was opened.</summary>
    public FileEntry Entry { get; } = entry;

    /// <summary>Where the content begins, in bytes from the file's beginning.</summary>
    public long Offset { get; } = offset;

    /// <summary>Bytes of content.</summary>
    public long Length { get; } = length;

    /// <summary>The content: never more than <see cref="Length"/>, and less only where the file has become shorter meanwhile.</summary>
    public Stream Content { get; } = content;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
