using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Cache;

/// <summary>
/// The files of the cache: <c>sha256/ab/abc…-4711</c>, the hash and the size. A file is written under another name and renamed when
/// it is whole, so that processes can share the folder; one whose size is not the one in its name is none.
/// </summary>
internal sealed class CacheFolder(IOptions<PackageOptions> options, TimeProvider time)
{
    private readonly string _root = options.Value.CacheDirectory;

    /// <summary>Where files are written.</summary>
    public string Unfinished => Path.Combine(_root, "unfinished");

    /// <summary>Opens a file and remembers that it was used; null if it is not there.</summary>
    public CachedFile? Open(ContentHash hash)
    {
        foreach (var path in Named(hash))
        {
            if (Open(path) is { } file)
                return file;
        }

        return null;
    }

    /// <summary>Has a file written and takes it in if it has the hash. Otherwise nothing stays.</summary>
    /// <exception cref="UpstreamException">It has another hash.</exception>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public async Task<CachedFile> Add(ContentHash hash, Func<Stream, Task> write)
    {
        Directory.CreateDirectory(Unfinished);
        var unfinished = Path.Combine(Unfinished, Guid.NewGuid().ToString("N"));
        try
        {
            var length = await Write(unfinished, hash, write);
            var folder = Folder(hash);
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"{hash.Hex}-{length}");
            File.Move(unfinished, path, overwrite: true);
            return Open(path) ?? throw new IOException("The file was removed at once.");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>All files, of whatever size.</summary>
    public IEnumerable<FileInfo> Files() => Of("sha256").Concat(Of("sha512"));

    private IEnumerable<FileInfo> Of(string algorithm)
    {
        var folder = new DirectoryInfo(Path.Combine(_root, algorithm));
        return folder.Exists ? folder.EnumerateFiles("*", SearchOption.AllDirectories) : [];
    }

    private IEnumerable<string> Named(ContentHash hash)
    {
        var folder = Folder(hash);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, hash.Hex + "-*") : [];
    }

    private string Folder(ContentHash hash) => Path.Combine(_root, hash.Algorithm.Name!.ToLowerInvariant(), hash.Hex[..2]);

    private CachedFile? Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 81_920, FileOptions.Asynchronous);
            if (path.EndsWith($"-{stream.Length}", StringComparison.Ordinal))
            {
                File.SetLastWriteTimeUtc(stream.SafeFileHandle, time.GetUtcNow().UtcDateTime);
                return new CachedFile(stream);
            }

            stream.Dispose();
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It was the least recently used one until now.
            return null;
        }
    }

    private static async Task<long> Write(string path, ContentHash hash, Func<Stream, Task> write)
    {
        using var check = IncrementalHash.CreateHash(hash.Algorithm);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, 81_920, FileOptions.Asynchronous);
        await using var hashed = new HashingStream(file, check);
        await write(hashed);
        await file.FlushAsync();
        if (Convert.ToHexStringLower(check.GetHashAndReset()) != hash.Hex)
            throw new UpstreamException($"its content is not the one of {hash}");
        return file.Length;
    }
}
