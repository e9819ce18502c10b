using Microsoft.Extensions.Options;

namespace Sandbox.Packages.Cache;

/// <summary>
/// Keeps the cache within its size: what was not used for longest goes first. Looks through the folder at the first file and then
/// whenever a 32nd of the size has come; that much is kept free, so that the cache of one process stays below.
/// </summary>
internal sealed class CacheTrim(CacheFolder folder, IOptions<PackageOptions> options, TimeProvider time)
{
    // Longer than any download, in whichever process.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(2);

    private readonly long _slack = options.Value.MaxCacheBytes / 32;
    private readonly Lock _lock = new();
    private long _added = long.MaxValue;

    /// <summary>A file has come.</summary>
    public void Added(long bytes)
    {
        lock (_lock)
        {
            _added = _added > long.MaxValue - bytes ? long.MaxValue : _added + bytes;
            if (_added < _slack)
                return;
            _added = 0;
            RemoveUnfinished();
            RemoveLeastUsed();
        }
    }

    private void RemoveUnfinished()
    {
        var old = time.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var file in new DirectoryInfo(folder.Unfinished).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < old)
                file.Delete();
        }
    }

    private void RemoveLeastUsed()
    {
        var files = folder.Files().Select(file => (File: file, Bytes: Length(file))).ToList();
        var excess = files.Sum(file => file.Bytes) - (options.Value.MaxCacheBytes - _slack);
        // The newest one is about to be served, even where it alone is larger than the cache.
        foreach (var (file, bytes) in files.OrderBy(file => file.File.LastWriteTimeUtc).SkipLast(1))
        {
            if (excess <= 0)
                return;
            file.Delete();
            excess -= bytes;
        }
    }

    // Another process may have removed it.
    private static long Length(FileInfo file) => file.Exists ? file.Length : 0;
}
