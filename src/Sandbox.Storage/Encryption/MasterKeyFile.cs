using System.Text;
using Sandbox.Storage.Artifacts;

namespace Sandbox.Storage.Encryption;

/// <summary>A file that holds a key, for its owner alone.</summary>
internal sealed class MasterKeyFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path => path;

    public bool Exists => File.Exists(path);

    /// <exception cref="InvalidOperationException">It is open to others.</exception>
    public string Read()
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new InvalidOperationException($"The master key file {path} is open to others than its owner; run: chmod 600 {path}");
        return File.ReadAllText(path).Trim();
    }

    /// <summary>Writes it where there is none; another process may have been first, and then its key counts.</summary>
    public void Create(string text)
    {
        var draft = Draft(text);
        try
        {
            File.Move(draft, path, overwrite: false);
            Keep();
        }
        catch (IOException) when (Exists)
        {
            File.Delete(draft);
        }
    }

    /// <summary>Writes the same key in another form.</summary>
    public void Replace(string text)
    {
        File.Move(Draft(text), path, overwrite: true);
        Keep();
    }

    // Written aside, to the disk, and moved: nobody ever reads half a key, and none is used that a power failure could take away.
    private string Draft(string text)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            file.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(draft, file);
        stream.Write(Encoding.ASCII.GetBytes(text + "\n"));
        stream.Flush(flushToDisk: true);
        return draft;
    }

    private void Keep() => DirectorySync.Flush(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
}
