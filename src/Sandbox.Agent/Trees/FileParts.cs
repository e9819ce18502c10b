using Sandbox.Agent.Files;
using Sandbox.Agent.Native;

namespace Sandbox.Agent.Trees;

/// <summary>
/// The data of an open file, without its holes: exactly as many bytes as it had when it was opened, whatever becomes of it.
/// Runs on the file thread.
/// </summary>
internal sealed unsafe class FileParts : IDisposable
{
    private readonly int file;
    private int part;
    private long done;

    private FileParts(int file, Entry found)
    {
        this.file = file;
        Found = found;
        Parts = Extents.Of(file, found.Size, found.Stored);
        Bytes = Parts.Sum(entry => entry.Length);
        SkipEmpty();
    }

    public Entry Found { get; }

    public IReadOnlyList<(long Offset, long Length)> Parts { get; }

    /// <summary>Bytes of all parts.</summary>
    public long Bytes { get; }

    public bool IsWhole => Bytes == Found.Size;

    public bool Ended => part == Parts.Count;

    /// <summary>The file of a name; null where it is none any more, or may not be read.</summary>
    public static FileParts? TryOpen(int folder, byte* name)
    {
        int file = Libc.OpenFile(folder, name);
        Entry found;
        if (file < 0)
            return null;
        if (Libc.Describe(file, &found) == 0 && found.Kind == EntryKind.File)
            return new FileParts(file, found);
        _ = Libc.Close(file);
        return null;
    }

    public int Read(Span<byte> buffer)
    {
        if (Ended)
            return 0;
        (long offset, long length) = Parts[part];
        int most = (int)Math.Min(buffer.Length, length - done);
        int got;
        fixed (byte* target = buffer)
            got = FileErrors.Checked(Libc.ReadAt(file, target, most, offset + done), "a file");
        // It has become shorter: what its header promised still has to come.
        if (got == 0)
        {
            buffer[..most].Clear();
            got = most;
        }

        done += got;
        SkipEmpty();
        return got;
    }

    public void Dispose() => _ = Libc.Close(file);

    private void SkipEmpty()
    {
        while (part < Parts.Count && done == Parts[part].Length)
            (part, done) = (part + 1, 0);
    }
}
