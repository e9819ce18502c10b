using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Artifacts;

/// <summary>A file that outlives its sandbox.</summary>
public sealed record Artifact
{
    /// <summary>Id: art_ and more.</summary>
    public required string Id { get; init; }

    /// <summary>Path relative to the workspace that it came from, or the name that it was uploaded under.</summary>
    public required string Name { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>SHA-256 of the content, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Media type guessed from the name, or as its sender said; only a hint.</summary>
    public required string ContentType { get; init; }

    /// <summary>Id of the resource that made it, such as a job.</summary>
    public required string Owner { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>Path of the content on this server.</summary>
    public required string DownloadUrl { get; init; }

    /// <summary>From when on it is gone; left out where it is kept as long as what made it, or until it is deleted.</summary>
    public DateTime? ExpiresAt { get; init; }

    internal static Artifact From(ArtifactInfo info) => new()
    {
        Id = info.Id,
        Name = info.Name,
        SizeBytes = info.SizeBytes,
        Sha256 = info.Sha256,
        ContentType = info.ContentType,
        Owner = info.Owner,
        CreatedAt = info.CreatedAt.UtcDateTime,
        DownloadUrl = $"/v1/artifacts/{info.Id}/content",
        ExpiresAt = info.ExpiresAt?.UtcDateTime,
    };
}

/// <summary>A page of artifacts, newest first.</summary>
public sealed record ArtifactList
{
    /// <summary>The artifacts.</summary>
    public required IReadOnlyList<Artifact> Items { get; init; }

    /// <summary>Where the next page begins; left out on the last one.</summary>
    public string? NextCursor { get; init; }
}
