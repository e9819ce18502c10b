namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>Where artifacts are kept. Every member is bounded by the tenant: another tenant's artifact does not exist.</summary>
public interface IArtifactStore
{
    /// <summary>
    /// Stores a stream under a new id, streaming and hashing. Nothing of it remains when the stream fails or exceeds
    /// <paramref name="maxBytes"/>; durable when the task completes.
    /// </summary>
    /// <exception cref="ArtifactTooLargeException">The stream is longer than <paramref name="maxBytes"/>.</exception>
    Task<ArtifactInfo> Put(string tenantId, string owner, string name, Stream content, long maxBytes, CancellationToken cancellationToken = default);

    /// <summary>The artifact's description; null when there is none.</summary>
    Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Its content, seekable; null when there is none. The caller disposes it. Stored content that was changed, cut off or
    /// exchanged is found out when it is opened or when that part is read: <see cref="InvalidDataException"/>.
    /// </summary>
    Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default);

    /// <summary>Removes one; false when there was none.</summary>
    Task<bool> Delete(string tenantId, string artifactId, CancellationToken cancellationToken = default);

    /// <summary>Removes everything that an owner made; returns how many.</summary>
    Task<int> DeleteOwned(string tenantId, string owner, CancellationToken cancellationToken = default);

    /// <summary>Removes everything that parts of an owner made, named by it, a dot and more; returns how many.</summary>
    Task<int> DeleteOwnedByParts(string tenantId, string owner, CancellationToken cancellationToken = default);
}

/// <summary>A stream exceeded the size that was allowed for it.</summary>
public sealed class ArtifactTooLargeException(long maxBytes) : Exception($"The content is larger than {maxBytes} bytes.")
{
    /// <summary>The bound that was exceeded.</summary>
    public long MaxBytes { get; } = maxBytes;
}
