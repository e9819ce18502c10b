using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>
/// Collects one page of a listing, through descriptors of folders: no link is ever followed. Each turn on the file thread is
/// short, and folders that have nothing for the page are not entered.
/// </summary>
internal sealed unsafe class FolderLister : IDisposable
{
    private const int EntriesPerTurn = 2000;
    private const int MostEntries = 5_000_000;
    private const int MostDepth = 100;
    private const int NameBytes = 256;

    private readonly ListRequest request;
    private readonly ListPage page;
    private readonly Stack<Level> open = new();

    // The path of the entry that is looked at, relative to the folder that is listed.
    private readonly byte[] path = new byte[(MostDepth + 1) * NameBytes];
    private bool incomplete;
    private int visited;

    public FolderLister(ListRequest request)
    {
        this.request = request;
        page = new ListPage(request.After ?? [], request.Limit);
        if (!Push(FolderPath.Open(request.Path), 0))
            throw new RequestException(AgentErrors.Io, $"{request.Path}: the folder cannot be read");
    }

    /// <summary>Looks at some more entries; false when there are none.</summary>
    public bool Turn()
    {
        for (int i = 0; i < EntriesPerTurn; i++)
        {
            if (!open.TryPeek(out Level level))
                return false;
            fixed (byte* name = &path[level.PrefixBytes])
            {
                EntryKind kind;
                int length = Libc.ListNext(level.List, name, NameBytes, &kind);
                if (length > 0)
                    Consider(level, name, length, kind);
                else
                    Pop(failed: length < 0);
            }
        }

        return true;
    }

    public ListReply Reply() => page.Take(incomplete);

    public void Dispose()
    {
        while (open.Count > 0)
            Pop(failed: false);
    }

    private void Consider(Level level, byte* name, int length, EntryKind kind)
    {
        // A folder that is filled while it is listed may have no end.
        if (++visited > MostEntries)
            throw new RequestException(AgentErrors.TooLarge, $"{request.Path}: more than {MostEntries} entries");
        int folder = Libc.ListDescriptor(level.List);
        ReadOnlySpan<byte> full = path.AsSpan(0, level.PrefixBytes + length);
        bool wanted = page.Wants(full);
        if (wanted || kind == EntryKind.Unknown)
        {
            Entry entry;
            if (Libc.DescribeAt(folder, name, &entry) < 0)
                return;
            kind = entry.Kind;
            if (wanted)
                page.Add(full.ToArray(), entry, FileDescription.Target(folder, name, kind));
        }

        if (kind == EntryKind.Directory && request.Recursive)
            Enter(folder, name, full.Length);
    }

    private void Enter(int folder, byte* name, int pathBytes)
    {
        int prefixBytes = pathBytes + 1;
        path[pathBytes] = (byte)'/';
        if (!page.WantsBelow(path.AsSpan(0, prefixBytes)))
            return;
        path[pathBytes] = 0;
        int inner = open.Count < MostDepth ? Libc.OpenDirectory(folder, name, follow: 0) : -Errno.NameTooLong;
        path[pathBytes] = (byte)'/';
        incomplete |= !Push(inner, prefixBytes) && inner != -Errno.NoEntry;
    }

    private bool Push(int folder, int prefixBytes)
    {
        nint list = folder < 0 ? 0 : Libc.ListOpen(folder);
        if (list == 0)
            return false;
        open.Push(new Level(list, prefixBytes));
        return true;
    }

    private void Pop(bool failed)
    {
        incomplete |= failed;
        _ = Libc.ListClose(open.Pop().List);
    }

    private readonly record struct Level(nint List, int PrefixBytes);
}
