namespace Sandbox.Packages.Cache;

/// <summary>An open file of the cache. It stays readable while it is open, whatever happens to the cache.</summary>
internal sealed class CachedFile(FileStream content) : IAsyncDisposable
{
    /// <summary>Its size in bytes.</summary>
    public long Length { get; } = content.Length;

    /// <summary>Its content, for reading at any place.</summary>
    public Stream Content => content;

    /// <summary>Sends all of it.</summary>
    public Task CopyTo(Stream target, CancellationToken cancellationToken)
    {
        content.Position = 0;
        return content.CopyToAsync(target, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => content.DisposeAsync();
}
