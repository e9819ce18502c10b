using Sandbox.Agent.Files;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Trees;

/// <summary>
/// Goes through everything below a folder, by descriptors, never following a link and never leaving the file system. A folder
/// comes after what is in it, so that whoever makes the tree anew need not remember its mode and time. Runs on the file thread.
/// </summary>
internal sealed unsafe class TreeWalk : IDisposable
{
    // Each level is a descriptor that is open.
    private const int MostDepth = 512;
    private const int NameBytes = 256;
    private const int MostNames = 20_000_000;

    private readonly Stack<Level> open = new();

    // The path of what was come to last, relative to the root, with a zero byte behind its last name.
    private readonly byte[] path = new byte[(MostDepth + 1) * NameBytes];
    private readonly ulong device;
    private int nameAt;
    private int length;
    private int visited;

    public TreeWalk(string root)
    {
        int folder = FolderPath.Open(root);
        Entry entry;
        FileErrors.Checked(Libc.Describe(folder, &entry), root);
        device = entry.Device;
        if (!Push(folder, 0, entry))
            throw FileErrors.From(Errno.Denied, root);
    }

    /// <summary>What was left out on the way.</summary>
    public long Skipped { get; private set; }

    /// <summary>What was come to last.</summary>
    public Entry Current { get; private set; }

    /// <summary>Its path relative to the root.</summary>
    public ReadOnlySpan<byte> Path => path.AsSpan(0, length);

    /// <summary>The folder that <see cref="Name"/> is in; not of a folder.</summary>
    public int Folder => Libc.ListDescriptor(open.Peek().List);

    /// <summary>Its last name, with a zero byte behind it.</summary>
    public ReadOnlySpan<byte> Name => path.AsSpan(nameAt, length - nameAt + 1);

    /// <summary>Looks at one more name.</summary>
    public TreeStep Next()
    {
        if (!open.TryPeek(out Level level))
            return TreeStep.End;
        fixed (byte* name = &path[level.PrefixBytes])
        {
            EntryKind kind;
            int found = Libc.ListNext(level.List, name, NameBytes, &kind);
            if (found < 0)
                Skipped++;
            return found > 0 ? Consider(level, name, found) : Leave();
        }
    }

    public void Skip() => Skipped++;

    public void Dispose()
    {
        while (open.TryPop(out Level level))
            _ = Libc.ListClose(level.List);
    }

    private TreeStep Consider(Level level, byte* name, int bytes)
    {
        // A folder that is filled while it is gone through may have no end.
        if (++visited > MostNames)
            throw new RequestException(AgentErrors.TooLarge, $"more than {MostNames} names");
        Entry entry;
        int folder = Libc.ListDescriptor(level.List);
        if (Libc.DescribeAt(folder, name, &entry) < 0)
            return TreeStep.Nothing;
        (nameAt, length) = (level.PrefixBytes, level.PrefixBytes + bytes);
        if (entry.Kind == EntryKind.Other || entry.Device != device)
        {
            Skipped++;
            return TreeStep.Nothing;
        }

        if (entry.Kind == EntryKind.Directory)
            return Enter(folder, name);
        Current = entry;
        return TreeStep.Found;
    }

    private TreeStep Enter(int around, byte* name)
    {
        int folder = open.Count < MostDepth ? Libc.OpenDirectory(around, name, follow: 0) : -Errno.NameTooLong;
        Entry entry = default;
        if (folder < 0 || Libc.Describe(folder, &entry) < 0 || !Push(folder, length + 1, entry))
        {
            Skipped++;
            return TreeStep.Nothing;
        }

        path[length] = (byte)'/';
        return TreeStep.Nothing;
    }

    private TreeStep Leave()
    {
        Level left = open.Pop();
        _ = Libc.ListClose(left.List);
        if (open.Count == 0)
            return TreeStep.End;
        length = left.PrefixBytes - 1;
        path[length] = 0;
        nameAt = open.Peek().PrefixBytes;
        Current = left.Folder;
        return TreeStep.Found;
    }

    private bool Push(int folder, int prefixBytes, Entry entry)
    {
        nint list = folder < 0 ? 0 : Libc.ListOpen(folder);
        if (list == 0)
            return false;
        open.Push(new Level(list, prefixBytes, entry));
        return true;
    }

    private readonly record struct Level(nint List, int PrefixBytes, Entry Folder);
}

/// <summary>What a step of a <see cref="TreeWalk"/> came to.</summary>
internal enum TreeStep
{
    Nothing,
    Found,
    End,
}
