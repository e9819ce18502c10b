namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>A file that outlives its sandbox.</summary>
/// <param name="Id">Id: <c>art_…</c>.</param>
/// <param name="Name">Path relative to the workspace it came from, or the name that it was uploaded under.</param>
/// <param name="SizeBytes">Size in bytes.</param>
/// <param name="Sha256">SHA-256 of the content, lower-case hexadecimal.</param>
/// <param name="ContentType">Media type guessed from the name, or as its sender said; only a hint.</param>
/// <param name="Owner">Id of the resource that made it, such as a job, or who uploaded it.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="ExpiresAt">From when on it is gone; null for as long as its owner is kept.</param>
[GenerateSerializer, Immutable, Alias("sandbox.artifact")]
public sealed record ArtifactInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] long SizeBytes,
    [property: Id(3)] string Sha256,
    [property: Id(4)] string ContentType,
    [property: Id(5)] string Owner,
    [property: Id(6)] DateTimeOffset CreatedAt,
    [property: Id(7)] DateTimeOffset? ExpiresAt = null);
