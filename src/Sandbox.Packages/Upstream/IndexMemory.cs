using Microsoft.Extensions.Caching.Memory;

namespace Sandbox.Packages.Upstream;

/// <summary>Pages of an index, read and kept for as long as they are believed. That there is no page is kept too; failures are not.</summary>
internal sealed class IndexMemory<T>(PackageOptions options, TimeProvider time) : IDisposable
    where T : class
{
    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = options.MaxIndexMemoryBytes });
    private readonly SharedWork<string, T?> _fetches = new();
    private readonly TimeSpan _believed = TimeSpan.FromSeconds(options.IndexSeconds);

    /// <summary>The page, fetched and read by <paramref name="read"/> unless it is known; null if there is none.</summary>
    public Task<T?> Get(string key, Func<Task<UpstreamPage?>> fetch, Func<UpstreamPage, T> read, CancellationToken cancellationToken) =>
        Known(key, out var page) ? Task.FromResult(page) : _fetches.Run(key, () => Fetch(key, fetch, read), cancellationToken);

    /// <summary>Whether it is known that there is a page or none.</summary>
    public bool Known(string key, out T? page)
    {
        var known = _pages.TryGetValue<(T? Page, long Fetched)>(key, out var kept) && time.GetElapsedTime(kept.Fetched) < _believed;
        page = known ? kept.Page : null;
        return known;
    }

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    private async Task<T?> Fetch(string key, Func<Task<UpstreamPage?>> fetch, Func<UpstreamPage, T> read)
    {
        // Another one may have been faster between the look and the work.
        if (Known(key, out var known))
            return known;
        var fetched = time.GetTimestamp();
        var sent = await fetch();
        var page = sent is null ? null : read(sent);
        _pages.Set(key, (page, fetched), new MemoryCacheEntryOptions { Size = 256 + (sent?.Body.Length ?? 0) });
        return page;
    }
}
