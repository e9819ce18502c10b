using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>
/// Takes artifacts in from callers, within what platform and policy permit. Bytes do not ride in grain messages: they flow from the
/// request into the store.
/// </summary>
public interface IArtifactUploads
{
    /// <summary>Stores an upload. Nothing of it remains when it is refused, breaks off, or the server is killed meanwhile.</summary>
    /// <param name="caller">Who sends it.</param>
    /// <param name="upload">What it shall be.</param>
    /// <param name="content">Its bytes. What its reading throws comes out unchanged.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    Task<Reply<StoredArtifact>> Upload(Caller caller, ArtifactUpload upload, Stream content, CancellationToken cancellationToken = default);
}

/// <summary>What an uploaded artifact shall be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">Media type as the sender says; null where it does not.</param>
/// <param name="SizeBytes">Its size, where the sender says so beforehand.</param>
/// <param name="Sha256">SHA-256 that it has to have, in lower-case hexadecimal; null where the sender does not say.</param>
/// <param name="ExpiresInSeconds">Seconds after which it is gone; null for what the installation has.</param>
/// <param name="IdempotencyKey">A key under which it is stored once; null for none.</param>
public sealed record ArtifactUpload(
    string Name, string? ContentType = null, long? SizeBytes = null, string? Sha256 = null, double? ExpiresInSeconds = null, string? IdempotencyKey = null);
