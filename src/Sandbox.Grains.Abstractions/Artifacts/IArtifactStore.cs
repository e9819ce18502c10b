namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>Where artifacts are kept. Every member is bounded by the tenant: another tenant's artifact does not exist.</summary>
public interface IArtifactStore
{
    /// <summary>
    /// Stores a stream under a new id, streaming and hashing. Nothing of it remains when the stream fails, exceeds
    /// <paramref name="maxBytes"/> or is not what the draft says; durable when the task completes.
    /// </summary>
    /// <exception cref="ArtifactTooLargeException">The stream is longer than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="ArtifactDigestException">The stream is not the one that the draft names by its SHA-256.</exception>
    /// <exception cref="ArtifactKeyReusedException">The draft's idempotency key belongs to another artifact.</exception>
    Task<StoredArtifact> Store(ArtifactDraft draft, Stream content, long maxBytes, CancellationToken cancellationToken = default);

    /// <summary>Stores what a job or session has left, for as long as that is kept.</summary>
    /// <inheritdoc cref="Store"/>
    async Task<ArtifactInfo> Put(string tenantId, string owner, string name, Stream content, long maxBytes, CancellationToken cancellationToken = default) =>
        (await Store(new ArtifactDraft(tenantId, owner, name), content, maxBytes, cancellationToken)).Info;

    /// <summary>The artifact's description; null when there is none, or none any more. Hidden ones are not told of.</summary>
    Task<ArtifactInfo?> Find(string tenantId, string artifactId, CancellationToken cancellationToken = default);

    /// <summary>Artifacts of a tenant, newest first, without hidden and expired ones.</summary>
    Task<ArtifactPage> List(string tenantId, ArtifactCursor? cursor, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Its content, seekable; null when there is none. The caller disposes it. Stored content that was changed, cut off or
    /// exchanged is found out when it is opened or when that part is read: <see cref="InvalidDataException"/>.
    /// </summary>
    Task<Stream?> OpenRead(string tenantId, string artifactId, CancellationToken cancellationToken = default);

    /// <summary>Removes one that is not hidden, and with its key every way to read it; false when there was none.</summary>
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

/// <summary>A stream is not the one that was announced.</summary>
public sealed class ArtifactDigestException() : Exception("The content does not have the announced SHA-256.");

/// <summary>An idempotency key was used before for another artifact.</summary>
public sealed class ArtifactKeyReusedException() : Exception("The idempotency key belongs to another artifact.");
