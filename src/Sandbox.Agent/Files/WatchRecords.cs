using System.Runtime.InteropServices;
using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>Makes events of what the kernel says of the folders of a watch.</summary>
internal ref struct WatchRecords(FolderWatch watch, List<FileEvent> events)
{
    // The first half of a move: the second, if there is one, is the next record.
    private (uint Cookie, WatchedFolder Folder, string Name)? leaving;

    public void Tell(ReadOnlySpan<byte> records)
    {
        int header = Marshal.SizeOf<WatchRecord>();
        while (records.Length >= header)
        {
            var record = MemoryMarshal.Read<WatchRecord>(records);
            string name = Encoding.Latin1.GetString(records.Slice(header, record.NameBytes).TrimEnd((byte)0));
            records = records[(header + record.NameBytes)..];
            if (leaving is { } left && !(record.Flags.HasFlag(WatchFlags.MovedTo) && record.Cookie == left.Cookie))
                Left();
            Tell(record, name);
        }

        Left();
    }

    private void Tell(WatchRecord record, string name)
    {
        if (record.Flags.HasFlag(WatchFlags.Overflow))
        {
            events.Add(new FileEvent(FileEventKind.Overflow, ""));
            watch.Scan();
        }
        else if (watch.Find(record.Watch) is { } folder)
        {
            if (name.Length == 0)
                TellOfItself(record, folder);
            else
                TellOfEntry(record, folder, name);
        }
    }

    private void TellOfItself(WatchRecord record, WatchedFolder folder)
    {
        bool gone = (record.Flags & (WatchFlags.SelfDeleted | WatchFlags.SelfMoved | WatchFlags.Ignored)) != 0;
        if (gone && folder.IsRoot)
        {
            if (!watch.Ended)
                events.Add(new FileEvent(FileEventKind.Deleted, ""));
            watch.End();
        }
        else if (record.Flags.HasFlag(WatchFlags.Ignored))
        {
            watch.Forget(folder);
        }
    }

    private void TellOfEntry(WatchRecord record, WatchedFolder folder, string name)
    {
        if (record.Flags.HasFlag(WatchFlags.MovedFrom))
            leaving = (record.Cookie, folder, name);
        else if (record.Flags.HasFlag(WatchFlags.MovedTo))
            Arrived(folder, name, record);
        else if (FileWriter.IsTemporary(name))
            return;
        else if (record.Flags.HasFlag(WatchFlags.Created))
            New(folder, name, record);
        else if (record.Flags.HasFlag(WatchFlags.Deleted))
            events.Add(new FileEvent(FileEventKind.Deleted, folder.PathOf(name)));
        else if ((record.Flags & (WatchFlags.Modified | WatchFlags.Attributes)) != 0)
            events.Add(new FileEvent(FileEventKind.Modified, folder.PathOf(name)));
    }

    private void New(WatchedFolder folder, string name, WatchRecord record)
    {
        events.Add(new FileEvent(FileEventKind.Created, folder.PathOf(name)));
        if (record.Flags.HasFlag(WatchFlags.Directory))
            watch.Enter(folder, name, isNew: true, events);
    }

    private void Arrived(WatchedFolder folder, string name, WatchRecord record)
    {
        if (leaving is { } left && !FileWriter.IsTemporary(left.Name))
        {
            events.Add(new FileEvent(FileEventKind.Moved, folder.PathOf(name), left.Folder.PathOf(left.Name)));
            if (left.Folder.Find(left.Name) is { } moved)
                watch.Leave(moved);
            if (record.Flags.HasFlag(WatchFlags.Directory))
                watch.Enter(folder, name, isNew: true, events);
        }
        else
        {
            New(folder, name, record);
        }

        leaving = null;
    }

    private void Left()
    {
        if (leaving is not { } left)
            return;
        leaving = null;
        if (FileWriter.IsTemporary(left.Name))
            return;
        events.Add(new FileEvent(FileEventKind.Deleted, left.Folder.PathOf(left.Name)));
        if (left.Folder.Find(left.Name) is { } moved)
            watch.Leave(moved);
    }
}
