using System.Text;
using System.Text.Unicode;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>Checks what an agent says of files before anybody uses it.</summary>
internal static class ListedEntries
{
    private const int AllModeBits = 0b111_111_111_111;

    public static FileEntry Check(FileEntry entry) => IsSound(entry) ? entry : throw Nonsense();

    /// <summary>A file that was opened for reading.</summary>
    public static FileEntry CheckOpened(FileEntry entry, ReadFileRequest request) =>
        IsSound(entry) && entry.Kind == FileKind.File && entry.SizeBytes <= request.MaxBytes ? entry with { Path = request.Path } : throw Nonsense();

    /// <summary>A page: in order, behind the mark, and with a next mark that leads on, so that asking for pages comes to an end.</summary>
    public static ListReply Check(ListReply page, ListRequest request)
    {
        if (page.Entries is not { } entries || entries.Count > request.Limit || (page.Next is not null && entries.Count == 0))
            throw Nonsense();
        byte[] before = request.After ?? [];
        foreach (FileEntry entry in entries)
        {
            if (!IsSound(entry) || !FoundFiles.IsRelative(entry.Path) || (!request.Recursive && entry.Path.Contains('/')))
                throw Nonsense();
            byte[] path = entry.RawPath ?? Encoding.UTF8.GetBytes(entry.Path);
            if (path.AsSpan().SequenceCompareTo(before) <= 0)
                throw Nonsense();
            before = path;
        }

        return page.Next is null || page.Next.AsSpan().SequenceEqual(before) ? page : throw Nonsense();
    }

    private static bool IsSound(FileEntry? entry) =>
        entry is { Path: not null, SizeBytes: >= 0, Mode: >= 0 and <= AllModeBits }
        && Enum.IsDefined(entry.Kind)
        && (entry.LinkTarget is null || entry.Kind == FileKind.Link)
        && (entry.RawPath is not { } raw || (!Utf8.IsValid(raw) && Encoding.UTF8.GetString(raw) == entry.Path));

    private static ProtocolViolationException Nonsense() => new("What the agent says of files makes no sense.");
}
