using System.Text;
using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>A file that is being written beside its place. Every method runs on the file thread.</summary>
internal sealed unsafe class FileWriter
{
    private const string TemporaryPrefix = ".sandbox-";
    private const string TemporarySuffix = ".part";

    private readonly WriteFileRequest request;
    private readonly string name;
    private readonly string temporary = $"{TemporaryPrefix}{Guid.NewGuid():N}{TemporarySuffix}";
    private readonly int folder;
    private int file = -1;
    private long size;

    public FileWriter(WriteFileRequest request)
    {
        this.request = request;
        folder = FolderPath.OpenOrMakeAround(request.Path, out name);
        try
        {
            CheckPlace();
            file = FileErrors.Checked(Libc.CreateFile(folder, temporary), request.Path);
        }
        catch
        {
            _ = Libc.Close(folder);
            throw;
        }
    }

    /// <summary>Whether a name is one that a file has while it is written.</summary>
    public static bool IsTemporary(string name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        for (int offset = 0; offset < bytes.Length;)
        {
            fixed (byte* source = &bytes[offset])
                offset += FileErrors.Checked(Libc.Write(file, source, bytes.Length - offset), request.Path);
        }

        size += bytes.Length;
    }

    /// <summary>Puts the file in its place.</summary>
    public FileWritten Commit()
    {
        FileErrors.Checked(Libc.SetMode(file, request.Mode), request.Path);
        FileErrors.Checked(Libc.Rename(folder, temporary, folder, name, request.Overwrite ? 1 : 0), request.Path);
        Close();
        return new FileWritten(size);
    }

    /// <summary>Leaves nothing behind, unless the file is in its place already.</summary>
    public void Abandon()
    {
        if (file < 0)
            return;
        _ = Libc.Unlink(folder, temporary);
        Close();
    }

    // What will not work in the end is refused before the content comes.
    private void CheckPlace()
    {
        Entry there;
        int found;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
            found = Libc.DescribeAt(folder, bytes, &there);
        if (found == 0 && there.Kind == EntryKind.Directory)
            throw FileErrors.From(Errno.IsDirectory, request.Path);
        if (found == 0 && !request.Overwrite)
            throw FileErrors.From(Errno.Exists, request.Path);
    }

    private void Close()
    {
        _ = Libc.Close(file);
        _ = Libc.Close(folder);
        file = -1;
    }
}
