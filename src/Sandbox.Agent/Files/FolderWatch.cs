using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>
/// Watches a folder, and those below it where it is asked to. Runs on the file thread, in short turns; only its descriptor
/// may be waited for elsewhere.
/// </summary>
internal sealed unsafe class FolderWatch : IDisposable
{
    private const int MostFolders = 8192;
    private const int MostDepth = 100;
    private const int EntriesPerTurn = 1000;
    private const int NameBytes = 256;
    private const int RecordsBytes = 4096;

    private readonly WatchRequest request;
    private readonly Dictionary<int, WatchedFolder> folders = [];
    private readonly WatchedFolder root;
    private readonly byte[] records = new byte[RecordsBytes];

    // Folders that are not watched yet. What is found in new ones is told as new. One at a time is open.
    private readonly Queue<(WatchedFolder Outer, string Entry, bool IsNew)> waiting = new();
    private (WatchedFolder Folder, nint List, bool IsNew) current;

    public FolderWatch(WatchRequest request)
    {
        this.request = request;
        int folder = FolderPath.Open(request.Path);
        Fd = Libc.WatchOpen();
        int watch = Fd < 0 ? Fd : Libc.WatchAdd(Fd, folder);
        _ = Libc.Close(folder);
        if (watch < 0)
        {
            Dispose();
            throw new RequestException(AgentErrors.TooLarge, $"{request.Path}: cannot be watched: {Errno.Describe(-watch)}");
        }

        root = new WatchedFolder(watch);
        folders.Add(watch, root);
        Scan();
    }

    public int Fd { get; }

    /// <summary>True when the folder is no longer where it was.</summary>
    public bool Ended { get; private set; }

    public void Dispose()
    {
        CloseList();
        if (Fd >= 0)
            _ = Libc.Close(Fd);
    }

    /// <summary>Looks at some more of the folders that are not watched yet; false when all are.</summary>
    public bool Grow(List<FileEvent> events)
    {
        byte* name = stackalloc byte[NameBytes];
        for (int i = 0; i < EntriesPerTurn; i++)
        {
            if (current.List == 0 && !EnterNext(events))
                return false;
            EntryKind kind = EntryKind.Unknown;
            int length = current.List == 0 ? 0 : Libc.ListNext(current.List, name, NameBytes, &kind);
            if (length <= 0)
            {
                CloseList();
                continue;
            }

            string entry = Encoding.Latin1.GetString(name, length);
            if (current.IsNew && !FileWriter.IsTemporary(entry))
                events.Add(new FileEvent(FileEventKind.Created, current.Folder.PathOf(entry)));
            if (kind is EntryKind.Directory or EntryKind.Unknown)
                Enter(current.Folder, entry, current.IsNew, events);
        }

        return true;
    }

    /// <summary>Reads what has happened; false when nothing has.</summary>
    public bool Read(List<FileEvent> events)
    {
        int got;
        fixed (byte* target = records)
            got = Libc.Read(Fd, target, records.Length);
        if (got <= 0)
            return false;
        new WatchRecords(this, events).Tell(records.AsSpan(0, got));
        return true;
    }

    public WatchedFolder? Find(int watch) => folders.GetValueOrDefault(watch);

    /// <summary>Watches a folder that is in one that is watched, when its turn comes.</summary>
    public void Enter(WatchedFolder outer, string entry, bool isNew, List<FileEvent> events)
    {
        if (!request.Recursive)
            return;
        if (outer.Depth < MostDepth && waiting.Count + folders.Count < MostFolders)
            waiting.Enqueue((outer, entry, isNew));
        else
            events.Add(new FileEvent(FileEventKind.Overflow, ""));
    }

    /// <summary>Looks at everything again: some of it may be new.</summary>
    public void Scan()
    {
        if (!request.Recursive)
            return;
        waiting.Clear();
        CloseList();
        Open(root, FolderPath.TryOpen(request.Path), isNew: false);
    }

    /// <summary>Forgets a folder that has gone elsewhere, with all below it.</summary>
    public void Leave(WatchedFolder folder)
    {
        foreach (WatchedFolder gone in folder.All().ToArray())
        {
            _ = Libc.WatchRemove(Fd, gone.Watch);
            folders.Remove(gone.Watch);
        }

        folder.Detach();
    }

    /// <summary>Forgets a folder that the kernel does not watch any more.</summary>
    public void Forget(WatchedFolder folder)
    {
        folders.Remove(folder.Watch);
        folder.Detach();
        Ended |= folder == root;
    }

    public void End() => Ended = true;

    // False when none is waiting. What cannot be opened is gone, or not the user's to see.
    private bool EnterNext(List<FileEvent> events)
    {
        if (!waiting.TryDequeue(out (WatchedFolder Outer, string Entry, bool IsNew) next))
            return false;
        int folder = OpenBelow([.. next.Outer.Names(), next.Entry]);
        if (folder < 0)
            return true;
        if (Watched(folder, next.Outer, next.Entry) is { } watched)
        {
            Open(watched, folder, next.IsNew);
            return true;
        }

        _ = Libc.Close(folder);
        events.Add(new FileEvent(FileEventKind.Overflow, ""));
        return true;
    }

    private WatchedFolder? Watched(int folder, WatchedFolder outer, string entry)
    {
        int watch = Libc.WatchAdd(Fd, folder);
        if (folders.TryGetValue(watch, out WatchedFolder? known))
        {
            if (known.IsRoot || known.IsAt(outer, entry))
                return known;
            // It was moved, and nobody told.
            Leave(known);
            watch = Libc.WatchAdd(Fd, folder);
        }

        if (watch < 0)
            return null;
        var watched = new WatchedFolder(watch, outer, entry);
        folders.Add(watch, watched);
        return watched;
    }

    // No folder is kept open longer: the kernel tells of its end only when nobody has it.
    private int OpenBelow(string[] names)
    {
        int folder = FolderPath.TryOpen(request.Path);
        foreach (string name in names)
        {
            if (folder < 0)
                break;
            int outer = folder;
            fixed (byte* bytes = Encoding.Latin1.GetBytes(name + '\0'))
                folder = Libc.OpenDirectory(outer, bytes, follow: 0);
            _ = Libc.Close(outer);
        }

        return folder;
    }

    private void Open(WatchedFolder folder, int descriptor, bool isNew) =>
        current = (folder, descriptor < 0 ? 0 : Libc.ListOpen(descriptor), isNew);

    private void CloseList()
    {
        if (current.List != 0)
            _ = Libc.ListClose(current.List);
        current.List = 0;
    }
}
