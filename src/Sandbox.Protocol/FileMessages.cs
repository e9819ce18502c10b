using System.Text.Json.Serialization;

namespace Sandbox.Protocol;

/// <summary>
/// Header of <see cref="Verbs.WriteFile"/>, followed by Data… End. Answered with <see cref="FileWritten"/>; a refusal may come
/// before the end of the body. Missing folders are made. The file appears complete or not at all (written beside its place and
/// renamed). Links to folders in the middle of the path are followed, with the user's rights only; a link at its end is replaced.
/// </summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Overwrite">False to refuse (<see cref="AgentErrors.Exists"/>) where there is something already.</param>
public sealed record WriteFileRequest(string Path, int Mode = WriteFileRequest.DefaultMode, bool Overwrite = true)
{
    /// <summary>The owner reads and writes, others read.</summary>
    public const int DefaultMode = 0b110_100_100;
}

/// <summary>Answer to <see cref="WriteFileRequest"/>.</summary>
/// <param name="SizeBytes">Bytes written.</param>
public sealed record FileWritten(long SizeBytes);

/// <summary>
/// Header of <see cref="Verbs.ReadFile"/>. Answered with <see cref="FileEntry"/> and then Data… End: the bytes of
/// <see cref="Range"/>, fewer where the file has become shorter meanwhile. Only regular files are read; no symbolic link is
/// followed in any component.
/// </summary>
/// <param name="Root">Folder that the path is below.</param>
/// <param name="Path">Path relative to the root.</param>
/// <param name="MaxBytes">Refuse (<see cref="AgentErrors.TooLarge"/>) a file that is longer, whatever part of it is asked for.</param>
/// <param name="Offset">First byte to send; below zero, so many bytes before the end.</param>
/// <param name="Length">Most bytes to send; null for all that follow.</param>
public sealed record ReadFileRequest(string Root, string Path, long MaxBytes, long Offset = 0, long? Length = null)
{
    /// <summary>What is sent of a file of a size: nothing where the range begins behind its end.</summary>
    public (long Offset, long Length) Range(long sizeBytes)
    {
        long first = Offset < 0 ? Math.Max(0, sizeBytes + Offset) : Math.Min(Offset, sizeBytes);
        return (first, Math.Min(Length ?? long.MaxValue, sizeBytes - first));
    }
}

/// <summary>Header of <see cref="Verbs.FindFiles"/>. Answered with <see cref="FindFilesReply"/>. Symbolic links are neither followed nor returned.</summary>
/// <param name="Root">Folder to search.</param>
/// <param name="Globs">Patterns relative to the root: <c>*</c>, <c>?</c>, <c>**</c>.</param>
/// <param name="MaxFiles">Most files to return.</param>
public sealed record FindFilesRequest(string Root, IReadOnlyList<string> Globs, int MaxFiles);

/// <summary>Answer to <see cref="FindFilesRequest"/>.</summary>
/// <param name="Files">Regular files that match, in order of path.</param>
/// <param name="Skipped">Paths that match and are no regular files, with the reason; at most 100.</param>
/// <param name="Truncated">True when there were more than the bound.</param>
public sealed record FindFilesReply(IReadOnlyList<FoundFile> Files, IReadOnlyList<SkippedFile> Skipped, bool Truncated);

/// <summary>A file found.</summary>
/// <param name="Path">Path relative to the root.</param>
/// <param name="SizeBytes">Its size now. The program may still change it: only a bound.</param>
public sealed record FoundFile(string Path, long SizeBytes);

/// <summary>A path that is not returned.</summary>
/// <param name="Path">Path relative to the root.</param>
/// <param name="Reason">Why.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>Header of <see cref="Verbs.Stat"/>. Answered with <see cref="FileEntry"/>. No symbolic link is followed in any component.</summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
public sealed record StatRequest(string Path);

/// <summary>
/// Header of <see cref="Verbs.List"/>. Answered with <see cref="ListReply"/>: the entries that come next in the order of their
/// paths' bytes. Links are listed and never followed. What changes between two pages may be in both or in none.
/// </summary>
/// <param name="Path">Absolute path of a folder inside the sandbox.</param>
/// <param name="Recursive">True for everything below, false for what is in the folder itself.</param>
/// <param name="After"><see cref="ListReply.Next"/> of the page before; null for the first one.</param>
/// <param name="Limit">Most entries of the page, 1 to <see cref="MaxLimit"/>; it may have fewer though there are more.</param>
public sealed record ListRequest(string Path, bool Recursive, byte[]? After, int Limit)
{
    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>Answer to <see cref="ListRequest"/>.</summary>
/// <param name="Entries">The page; paths relative to the folder.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
/// <param name="Incomplete">True when something below a folder is missing because it is too deep, not readable, or the kernel's.</param>
public sealed record ListReply(IReadOnlyList<FileEntry> Entries, byte[]? Next, bool Incomplete);

/// <summary>What a path is now. While inode and time of change are the same, so is the content of a regular file.</summary>
/// <param name="Path">The path that was asked for, or relative to the folder that was listed; what is no valid UTF-8 in it is U+FFFD.</param>
/// <param name="Kind">What it is.</param>
/// <param name="SizeBytes">Size of a regular file; anything for the others.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="ModifiedNs">Nanoseconds since 1970 when the content was modified; programs can set it.</param>
/// <param name="ChangedNs">Nanoseconds since 1970 when content or attributes changed; programs cannot set it.</param>
/// <param name="Inode">Number of the file within its file system.</param>
/// <param name="LinkTarget">Where a link leads to, as it is written; U+FFFD as in the path.</param>
/// <param name="RawPath">The bytes of a path that is no valid UTF-8; null for all others. No request can name such a file; removing a folder around it does.</param>
public sealed record FileEntry(
    string Path,
    FileKind Kind,
    long SizeBytes,
    int Mode,
    long ModifiedNs,
    long ChangedNs,
    ulong Inode,
    string? LinkTarget = null,
    byte[]? RawPath = null);

/// <summary>Kinds of <see cref="FileEntry"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FileKind>))]
public enum FileKind
{
    /// <summary>A device, pipe or socket.</summary>
    Other,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,
}

/// <summary>
/// Header of <see cref="Verbs.Move"/>. Answered with an empty JSON object. Links to folders in the middle of a path are
/// followed, with the user's rights only; a link at its end is moved itself. Between file systems, as between
/// <c>/workspace</c> and <c>/tmp</c>, nothing is moved (<see cref="AgentErrors.OtherFileSystem"/>).
/// </summary>
/// <param name="From">Absolute path inside the sandbox.</param>
/// <param name="To">Absolute path that it gets; the folder around it has to exist.</param>
/// <param name="Overwrite">True to replace a file, a link or an empty folder there; false to refuse (<see cref="AgentErrors.Exists"/>).</param>
public sealed record MoveRequest(string From, string To, bool Overwrite);

/// <summary>Header of <see cref="Verbs.MakeFolder"/>. Answered with an empty JSON object. Links are followed as in <see cref="MoveRequest"/>.</summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
/// <param name="Parents">
/// True to make missing folders around it, too, and to be content with one that exists; false to refuse where one is missing
/// (<see cref="AgentErrors.NotFound"/>) or the path exists (<see cref="AgentErrors.Exists"/>).
/// </param>
public sealed record MakeFolderRequest(string Path, bool Parents);

/// <summary>
/// Header of <see cref="Verbs.Remove"/>. Answered with an empty JSON object. Links to folders in the middle of the path are
/// followed, with the user's rights only; links at its end or inside a folder are removed themselves. What cannot be
/// removed ends the request; what was removed before stays removed. Closing the channel ends it, too.
/// </summary>
/// <param name="Path">Absolute path inside the sandbox.</param>
/// <param name="Recursive">True to remove a folder with all it holds; false to refuse one that is not empty (<see cref="AgentErrors.NotEmpty"/>).</param>
public sealed record RemoveRequest(string Path, bool Recursive);

/// <summary>
/// Header of <see cref="Verbs.Watch"/>. Answered with an empty JSON object once the folder is watched, and then with one JSON
/// <see cref="FileEvent"/> for each change, until the host closes the channel or the folder itself is gone (End). Links are not
/// followed. Bounded: what comes too fast, or is too deep or too much to watch, is told by <see cref="FileEventKind.Overflow"/>.
/// </summary>
/// <param name="Path">Absolute path of a folder inside the sandbox.</param>
/// <param name="Recursive">True for the folders below, too, also those made later.</param>
public sealed record WatchRequest(string Path, bool Recursive);

/// <summary>A change in a folder that is watched. What is in a folder that has just been made or moved is told as new, and perhaps twice.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">Path relative to the folder that is watched; what is no valid UTF-8 in it is U+FFFD; empty for the folder itself.</param>
/// <param name="From">Of <see cref="FileEventKind.Moved"/>: the path before.</param>
public sealed record FileEvent(FileEventKind Kind, string Path, string? From = null);

/// <summary>Kinds of <see cref="FileEvent"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FileEventKind>))]
public enum FileEventKind
{
    /// <summary>It is new, has come from outside, or was put in its place by <see cref="Verbs.WriteFile"/>.</summary>
    Created,

    /// <summary>Content or attributes have changed.</summary>
    Modified,

    /// <summary>It is gone, or has gone outside.</summary>
    Deleted,

    /// <summary>It has another path. Under load a move may be told as <see cref="Deleted"/> and <see cref="Created"/> instead.</summary>
    Moved,

    /// <summary>There were changes that are not told: list the folder.</summary>
    Overflow,
}
