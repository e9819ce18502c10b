using System.Text.Unicode;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>
/// One page of a listing while it is collected: of all entries offered in any order, those that come first after a mark, in
/// the order of their paths' bytes. Bounded in number and in bytes, however many are offered.
/// </summary>
/// <param name="after">The mark; empty for the beginning.</param>
/// <param name="limit">Most entries.</param>
internal sealed class ListPage(byte[] after, int limit)
{
    // The answer is one frame. JSON may take six bytes for a byte of a text, and base64 a third more than that.
    private const int MostJsonBytes = 900_000;
    private const int JsonBytesPerByte = 6;
    private const int JsonBytesPerRawByte = 8;
    private const int JsonBytesPerEntry = 256;

    private readonly PriorityQueue<(FileEntry Entry, int JsonBytes), byte[]> last =
        new(Comparer<byte[]>.Create((a, b) => b.AsSpan().SequenceCompareTo(a)));

    private int jsonBytes;

    // The first path that did not fit: whatever comes after it belongs on a later page.
    private byte[]? ceiling;

    public bool Wants(ReadOnlySpan<byte> path) =>
        path.SequenceCompareTo(after) > 0 && (ceiling is null || path.SequenceCompareTo(ceiling) < 0);

    /// <summary>Whether a path that begins with a prefix, and is longer, could be wanted.</summary>
    public bool WantsBelow(ReadOnlySpan<byte> prefix)
    {
        bool allBefore = prefix.SequenceCompareTo(after) < 0 && !after.AsSpan().StartsWith(prefix);
        return !allBefore && (ceiling is null || prefix.SequenceCompareTo(ceiling) < 0);
    }

    /// <summary>Adds an entry that is wanted; another one may have to go for it.</summary>
    public void Add(byte[] path, Entry entry, string? linkTarget)
    {
        int cost = JsonBytesPerEntry
            + ((path.Length + (linkTarget?.Length ?? 0)) * JsonBytesPerByte)
            + (Utf8.IsValid(path) ? 0 : path.Length * JsonBytesPerRawByte);
        last.Enqueue((FileDescription.Of(path, entry) with { LinkTarget = linkTarget }, cost), path);
        jsonBytes += cost;
        while (last.Count > limit || (jsonBytes > MostJsonBytes && last.Count > 1))
        {
            last.TryDequeue(out (FileEntry Entry, int JsonBytes) dropped, out ceiling);
            jsonBytes -= dropped.JsonBytes;
        }
    }

    /// <summary>The page; nothing can be added after it.</summary>
    public ListReply Take(bool incomplete)
    {
        var entries = new FileEntry[last.Count];
        byte[]? next = null;
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            last.TryDequeue(out (FileEntry Entry, int JsonBytes) taken, out byte[]? path);
            entries[i] = taken.Entry;
            next ??= path;
        }

        return new ListReply(entries, ceiling is null ? null : next, incomplete);
    }
}
