using Sandbox.Agent.Native;
using Sandbox.Protocol;

namespace Sandbox.Agent.Files;

/// <summary>A file that is being written beside its place. Every method runs on the file thread.</summary>
internal sealed unsafe class FileWriter
{
    private readonly string path;
    private readonly string name;
    private readonly string temporary = $".sandbox-{Guid.NewGuid():N}.part";
    private readonly int mode;
    private readonly int folder;
    private int file = -1;
    private long size;

    public FileWriter(string path, int mode)
    {
        this.path = path;
        this.mode = mode;
        string[] names = FolderPath.Names(path);
        if (names.Length == 0 || names[^1] == ".")
            throw new RequestException(AgentErrors.Invalid, "A file needs a name.");
        name = names[^1];
        folder = FolderPath.OpenOrMake(string.Join('/', names[..^1]));
        file = Libc.CreateFile(folder, temporary);
        if (file < 0)
        {
            _ = Libc.Close(folder);
            throw FileErrors.From(-file, path);
        }
    }

    public void Write(byte[] bytes)
    {
        for (int offset = 0; offset < bytes.Length;)
        {
            fixed (byte* source = &bytes[offset])
                offset += FileErrors.Checked(Libc.Write(file, source, bytes.Length - offset), path);
        }

        size += bytes.Length;
    }

    /// <summary>Puts the file in its place.</summary>
    public FileWritten Commit()
    {
        FileErrors.Checked(Libc.SetMode(file, mode), path);
        FileErrors.Checked(Libc.Rename(folder, temporary, name), path);
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

    private void Close()
    {
        _ = Libc.Close(file);
        _ = Libc.Close(folder);
        file = -1;
    }
}
