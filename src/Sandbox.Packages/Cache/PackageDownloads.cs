using Microsoft.Extensions.Options;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Cache;

/// <summary>Files of packages: from the cache, and once from where they are.</summary>
internal sealed class PackageDownloads(CacheFolder folder, CacheTrim trim, UpstreamClient upstream, IOptions<PackageOptions> options)
{
    private readonly SharedWork<ContentHash, bool> _downloads = new();
    private readonly SemaphoreSlim _room = new(options.Value.MaxDownloads);

    /// <summary>Opens a file. Several that want the same one at a time wait for one download.</summary>
    /// <exception cref="UpstreamException">It could not be fetched, or is not what it should be.</exception>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public async Task<CachedFile> Open(ContentHash hash, Uri source, Uri index, CancellationToken cancellationToken)
    {
        // A file may go between being fetched and being opened, when the cache is smaller than what is wanted at one time.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (folder.Open(hash) is { } file)
                return file;
            await _downloads.Run(hash, () => Download(hash, source, index), cancellationToken);
        }

        return folder.Open(hash) ?? throw new IOException("The cache is too small for what is asked for at one time.");
    }

    private async Task<bool> Download(ContentHash hash, Uri source, Uri index)
    {
        await _room.WaitAsync();
        try
        {
            await using var known = folder.Open(hash);
            if (known is not null)
                return true;
            await using var file = await folder.Add(hash, target => upstream.File(source, index, target));
            trim.Added(file.Length);
            return true;
        }
        finally
        {
            _room.Release();
        }
    }
}
