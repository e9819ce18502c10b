using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// The files of artifacts. Paths are made of the id alone, which is checked text: no name that a tenant chose ever
/// reaches the file system.
/// </summary>
internal sealed class ArtifactFiles(string root)
{
    private const string PartialSuffix = ".partial";

    private const int MaxCreateAttempts = 3;

    // Two characters of base 32: 1024 folders.
    private const int ShardCharacters = 2;

    public string PathOf(ArtifactId id) => Path.Combine(root, ShardOf(id), id.ToString());

    /// <summary>
    /// A new file under a temporary name, locked until it is disposed: a sweep leaves locked files alone.
    /// </summary>
    public (ArtifactId Id, FileStream File) CreatePartial()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var id = ArtifactId.New();
                var file = OpenNew(id);
                // A sweep may have come between the file's creation and its lock; from here on it cannot.
                if (File.Exists(PathOf(id) + PartialSuffix))
                    return (id, file);
                file.Dispose();
            }
            catch (IOException) when (attempt < MaxCreateAttempts)
            {
                // The sweep held the lock at that moment.
            }
        }
    }

    /// <summary>Gives a complete, flushed file its name, for good. The lock goes with the file.</summary>
    public void Publish(ArtifactId id)
    {
        var path = PathOf(id);
        File.Move(path + PartialSuffix, path, overwrite: false);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    /// <summary>The content; null when there is no such file.</summary>
    public FileStream? OpenRead(ArtifactId id)
    {
        try
        {
            return new FileStream(PathOf(id), new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                // It is read in whole chunks.
                BufferSize = 0,
            });
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes whatever there is of an artifact.</summary>
    public void Delete(ArtifactId id)
    {
        var path = PathOf(id);
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return;
        File.Delete(path + PartialSuffix);
        File.Delete(path);
    }

    /// <summary>
    /// The files of artifacts, complete (<c>IsPartial</c> false) or not. Files of other names are none of ours.
    /// </summary>
    public IEnumerable<(string Path, ArtifactId Id, bool IsPartial)> List()
    {
        if (!Directory.Exists(root))
            yield break;
        foreach (var path in Directory.EnumerateFiles(root, ArtifactId.Prefix + "*", SearchOption.AllDirectories))
        {
            var isPartial = path.EndsWith(PartialSuffix, StringComparison.Ordinal);
            var name = isPartial ? Path.GetFileNameWithoutExtension(path) : Path.GetFileName(path);
            if (ArtifactId.TryParse(name, out var id))
                yield return (path, id, isPartial);
        }
    }

    /// <summary>Deletes a file unless somebody is writing it or <paramref name="isWanted"/> says so under the lock.</summary>
    public static bool DeleteUnlessLocked(string path, Func<bool> isWanted)
    {
        try
        {
            using var locked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            if (isWanted())
                return false;
            File.Delete(path);
            return true;
        }
        catch (IOException)
        {
            // Being written by a living process, or gone by now.
            return false;
        }
    }

    private FileStream OpenNew(ArtifactId id)
    {
        var folder = Path.Combine(root, ShardOf(id));
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            // Both may be new: the first artifact of an installation makes the root as well.
            DirectorySync.Flush(root);
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(root))!);
        }

        return new FileStream(PathOf(id) + PartialSuffix, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
    }

    private static string ShardOf(ArtifactId id) => id.ToString().Substring(ArtifactId.Prefix.Length, ShardCharacters);
}
