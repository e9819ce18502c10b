using Sandbox.Agent.Files;
using Sandbox.Protocol;

namespace Sandbox.Agent.Trees;

/// <summary>
/// Makes a tree from a tar stream as it comes, with bounds on all that is held. The stream comes from another sandbox and is not
/// believed in anything; what it can do at worst, the user of this sandbox can do. Runs on the file thread.
/// </summary>
internal sealed class TreeImporter : IDisposable
{
    private const long MostEntries = 10_000_000;

    private readonly TreeBuilder builder;
    private readonly MemoryStream gathered = new();
    private Func<ReadOnlySpan<byte>, int> state;
    private PaxAttributes? attributes;
    private NewFile? file;
    private long left;
    private int padding;
    private long entries;
    private bool ended;

    public TreeImporter(ImportTreeRequest request)
    {
        builder = new TreeBuilder(request.Root);
        state = TakeHeader;
    }

    /// <summary>Takes the next piece of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[state(bytes)..];
    }

    /// <summary>The stream has ended.</summary>
    public TreeImported Complete() => ended ? new TreeImported(entries) : throw TarHeader.Damaged("it is cut off");

    public void Dispose()
    {
        file?.Dispose();
        builder.Dispose();
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        if (!Gather(ref bytes, TarHeader.BlockBytes, out int used))
            return used;
        if (TarHeader.Read(Gathered()) is var (entry, follow))
            Begin(entry, follow);
        else
            (ended, state) = (true, TakeRest);
        return used;
    }

    private void Begin(TarEntry entry, long follow)
    {
        if (entry.Kind == TarKind.Attributes)
        {
            if (attributes is not null || follow > PaxAttributes.MostBytes)
                throw TarHeader.Damaged("an entry has too many attributes");
            (left, padding, state) = (follow, TarHeader.PaddingOf(follow), TakeAttributes);
            return;
        }

        if (++entries > MostEntries)
            throw new RequestException(AgentErrors.TooLarge, $"more than {MostEntries} entries");
        TarEntry whole = attributes?.ApplyTo(entry) ?? entry;
        bool sparse = attributes?.IsSparse ?? false;
        follow = attributes?.Size ?? follow;
        attributes = null;
        if (whole.Kind != TarKind.File)
        {
            builder.Make(whole);
            return;
        }

        if (sparse && whole.Size < 0)
            throw TarHeader.Damaged("a file has no size");
        file = builder.Create(whole);
        (left, padding) = (follow, TarHeader.PaddingOf(follow));
        if (!sparse)
            file.Data = [(0, follow)];
        state = sparse ? TakeMap : TakeData;
        if (left == 0)
            EndFile();
    }

    private int TakeAttributes(ReadOnlySpan<byte> bytes)
    {
        if (!Gather(ref bytes, (int)left + padding, out int used))
            return used;
        attributes = PaxAttributes.Read(Gathered().AsSpan(0, (int)left));
        state = TakeHeader;
        return used;
    }

    // The map ends with the block in which its last number stands: block after block, until that one has come.
    private int TakeMap(ReadOnlySpan<byte> bytes)
    {
        int next = ((int)gathered.Length / TarHeader.BlockBytes * TarHeader.BlockBytes) + TarHeader.BlockBytes;
        if (next > Math.Min(left, Extents.MostMapBytes))
            throw TarHeader.Damaged("a map of holes has no end");
        if (!Gather(ref bytes, next, out int used))
            return used;
        if (Extents.Parse(gathered.GetBuffer().AsSpan(0, (int)gathered.Length), file!.Entry.Size) is not { } parts)
            return used;
        left -= gathered.Length;
        gathered.SetLength(0);
        if (parts.Sum(part => part.Length) != left)
            throw TarHeader.Damaged("a map of holes does not fit the data");
        file.Data = parts;
        state = TakeData;
        if (left == 0)
            EndFile();
        return used;
    }

    private int TakeData(ReadOnlySpan<byte> bytes)
    {
        int count = (int)Math.Min(bytes.Length, left);
        file!.Write(bytes[..count]);
        left -= count;
        if (left == 0)
            EndFile();
        return count;
    }

    private void EndFile()
    {
        builder.Finish(file!);
        file = null;
        state = padding > 0 ? TakePadding : TakeHeader;
    }

    private int TakePadding(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, padding);
        padding -= count;
        if (padding == 0)
            state = TakeHeader;
        return count;
    }

    private int TakeRest(ReadOnlySpan<byte> bytes) =>
        bytes.ContainsAnyExcept((byte)0) ? throw TarHeader.Damaged("it goes on behind its end") : bytes.Length;

    private bool Gather(ref ReadOnlySpan<byte> bytes, int wanted, out int used)
    {
        used = (int)Math.Min(bytes.Length, wanted - gathered.Length);
        gathered.Write(bytes[..used]);
        return gathered.Length == wanted;
    }

    private byte[] Gathered()
    {
        byte[] whole = gathered.ToArray();
        gathered.SetLength(0);
        return whole;
    }
}
