using Sandbox.Agent.Files;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Trees;

/// <summary>
/// Makes files, folders and links below a folder. Every path goes step by step from there: none leads out of it, and none
/// through a link. Runs on the file thread.
/// </summary>
internal sealed unsafe class TreeBuilder : IDisposable
{
    private const int MostNameBytes = 255;

    private readonly int root;

    // The folder that was used last: a tree comes folder by folder.
    private byte[] around = [];
    private int folder;

    public TreeBuilder(string path)
    {
        root = FolderPath.Open(path);
        folder = root;
    }

    /// <summary>Makes a folder or a link.</summary>
    public void Make(TarEntry entry)
    {
        byte[] name = Place(entry.Path);
        switch (entry.Kind)
        {
            case TarKind.Directory:
                MakeFolder(entry, name);
                break;
            case TarKind.SymbolicLink:
                Link(entry, name);
                break;
            default:
                FurtherName(entry, name);
                break;
        }
    }

    /// <summary>Begins a file.</summary>
    public NewFile Create(TarEntry entry)
    {
        fixed (byte* name = Place(entry.Path))
        {
            _ = Libc.Unlink(folder, name);
            return new NewFile(Checked(Libc.CreateFile(folder, name)), entry);
        }
    }

    /// <summary>Gives a complete file its size, mode and time, and closes it.</summary>
    public void Finish(NewFile file)
    {
        using (file)
        {
            Checked(Libc.Truncate(file.Descriptor, file.Entry.Size));
            Checked(Libc.SetAllModeBits(file.Descriptor, file.Entry.Mode));
        }

        fixed (byte* name = Place(file.Entry.Path))
            Checked(Libc.SetModified(folder, name, file.Entry.Modified));
    }

    public void Dispose()
    {
        if (folder != root)
            _ = Libc.Close(folder);
        _ = Libc.Close(root);
    }

    private void MakeFolder(TarEntry entry, byte[] name)
    {
        fixed (byte* target = name)
        {
            int made = Libc.MakeDirectory(folder, target);
            if (made != -Errno.Exists)
                Checked(made);
            int inner = Checked(Libc.OpenDirectory(folder, target, follow: 0));
            int changed = Libc.SetAllModeBits(inner, entry.Mode);
            _ = Libc.Close(inner);
            Checked(changed);
            Checked(Libc.SetModified(folder, target, entry.Modified));
        }
    }

    private void Link(TarEntry entry, byte[] name)
    {
        if (entry.Target.Length == 0 || entry.Target.Contains((byte)0))
            throw TarHeader.Damaged("a link leads nowhere");
        fixed (byte* target = ZeroTerminated(entry.Target))
        fixed (byte* link = name)
        {
            _ = Libc.Unlink(folder, link);
            Checked(Libc.Symlink(target, folder, link));
            Checked(Libc.SetModified(folder, link, entry.Modified));
        }
    }

    private void FurtherName(TarEntry entry, byte[] name)
    {
        (byte[] firstAround, byte[] first) = Split(entry.Target);
        int other = OpenFrom(firstAround, make: false);
        fixed (byte* source = first)
        fixed (byte* target = name)
        {
            _ = Libc.Unlink(folder, target);
            int linked = Libc.Link(other, source, folder, target);
            if (other != root)
                _ = Libc.Close(other);
            Checked(linked);
        }
    }

    /// <summary>Goes to the folder of a path; its last name with a zero byte behind it.</summary>
    private byte[] Place(byte[] path)
    {
        (byte[] wanted, byte[] name) = Split(path);
        if (wanted.AsSpan().SequenceEqual(around))
            return name;
        int next = OpenFrom(wanted, make: true);
        if (folder != root)
            _ = Libc.Close(folder);
        (folder, around) = (next, wanted);
        return name;
    }

    private int OpenFrom(ReadOnlySpan<byte> path, bool make)
    {
        int current = root;
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[(slash + 1)..];
            int next = Step(current, ZeroTerminated(name), make);
            if (current != root)
                _ = Libc.Close(current);
            current = Checked(next);
        }

        return current;
    }

    private static int Step(int current, byte[] name, bool make)
    {
        fixed (byte* target = name)
        {
            int next = Libc.OpenDirectory(current, target, follow: 0);
            if (next != -Errno.NoEntry || !make)
                return next;
            int made = Libc.MakeDirectory(current, target);
            return made is 0 or -Errno.Exists ? Libc.OpenDirectory(current, target, follow: 0) : made;
        }
    }

    private static (byte[] Around, byte[] Name) Split(byte[] path)
    {
        foreach (Range name in path.AsSpan().Split((byte)'/'))
        {
            if (!IsName(path.AsSpan(name)))
                throw TarHeader.Damaged("a path is none");
        }

        int slash = path.AsSpan().LastIndexOf((byte)'/');
        return (slash < 0 ? [] : path[..slash], ZeroTerminated(path.AsSpan(slash + 1)));
    }

    private static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MostNameBytes && !name.Contains((byte)0) && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8);

    private static byte[] ZeroTerminated(ReadOnlySpan<byte> name) => [.. name, 0];

    private static int Checked(int result) => FileErrors.Checked(result, "the tree");
}
