using System.Text;
using Microsoft.Extensions.Options;
using Sandbox.Storage.Artifacts;

namespace Sandbox.Storage.Encryption;

/// <summary>
/// The key that wraps the keys of all tenants: from the configuration, or from a file in the data folder that is made on
/// the first start. Whoever has it and the database can read everything; without it nothing that is encrypted can be.
/// </summary>
internal sealed class MasterKey(IOptions<SqliteStorageOptions> options)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string FilePath => options.Value.MasterKeyPath;

    /// <summary>Whether there is one already.</summary>
    public bool Exists => options.Value.MasterKey is not null || File.Exists(FilePath);

    /// <summary>Reads it, and makes it where there is none.</summary>
    /// <exception cref="InvalidOperationException">What there is cannot be a key, or is open to others.</exception>
    public byte[] Load()
    {
        if (options.Value.MasterKey is { } configured)
            return Parse(configured, "The configured master key");
        if (!File.Exists(FilePath))
            Create();
        return Read(FilePath);
    }

    /// <summary>Reads the one of before; null where none is being replaced.</summary>
    /// <exception cref="InvalidOperationException">What there is cannot be a key, or is open to others.</exception>
    public byte[]? LoadPrevious()
    {
        if (options.Value.PreviousMasterKey is { } configured)
            return Parse(configured, "The configured previous master key");
        return File.Exists(options.Value.PreviousMasterKeyPath) ? Read(options.Value.PreviousMasterKeyPath) : null;
    }

    private static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new InvalidOperationException($"The master key file {path} is open to others than its owner; run: chmod 600 {path}");
        return Parse(File.ReadAllText(path).Trim(), $"The master key in {path}");
    }

    private static byte[] Parse(string text, string what)
    {
        var key = new byte[KeyWrap.KeyBytes];
        return Convert.TryFromBase64String(text, key, out var length) && length == key.Length
            ? key
            : throw new InvalidOperationException($"{what} is not {KeyWrap.KeyBytes} bytes in base64.");
    }

    private void Create()
    {
        // Written aside, to the disk, and moved: nobody ever reads half a key, and none is used that a power failure could take away.
        var draft = $"{FilePath}.{Guid.NewGuid():N}";
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            file.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(draft, file))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(KeyWrap.NewKey()) + "\n"));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, FilePath, overwrite: false);
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(FilePath))!);
        }
        catch (IOException) when (File.Exists(FilePath))
        {
            // Another process was first: its key counts.
            File.Delete(draft);
        }
    }
}
