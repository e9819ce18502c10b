using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>A range of an open regular file, up to the size that it had when it was opened. Runs on the file thread.</summary>
internal sealed unsafe class FileReader
{
    private readonly string path;
    private int file;
    private long position;
    private long left;

    public FileReader(ReadFileRequest request)
    {
        path = request.Path;
        int slash = path.LastIndexOf('/');
        int folder = FolderPath.Open($"{request.Root}/{(slash < 0 ? "" : path[..slash])}");
        file = Libc.OpenFile(folder, path[(slash + 1)..]);
        _ = Libc.Close(folder);
        FileErrors.Checked(file, path);
        Entry entry;
        FileErrors.Checked(Libc.Describe(file, &entry), path);
        if (entry.Kind != EntryKind.File)
            throw Refuse(AgentErrors.NotRegular, "not a regular file");
        if (entry.Size > request.MaxBytes)
            throw Refuse(AgentErrors.TooLarge, $"{entry.Size} bytes");
        Found = FileDescription.Of(path, entry);
        (position, left) = request.Range(entry.Size);
    }

    public FileEntry Found { get; }

    /// <summary>The next bytes; none at the end. A file that grows meanwhile is not followed.</summary>
    public int Read(byte[] buffer)
    {
        int most = (int)Math.Min(buffer.Length, left);
        if (most == 0)
            return 0;
        int got;
        fixed (byte* target = buffer)
            got = FileErrors.Checked(Libc.ReadAt(file, target, most, position), path);
        position += got;
        left -= got;
        return got;
    }

    public void Close()
    {
        if (file >= 0)
            _ = Libc.Close(file);
        file = -1;
    }

    private RequestException Refuse(string code, string reason)
    {
        Close();
        return new RequestException(code, $"{path}: {reason}");
    }
}
