namespace Sandbox.Client;

/// <summary>A file that outlives its sandbox.</summary>
public sealed record Artifact
{
    /// <summary>Id: art_ and more.</summary>
    public required string Id { get; init; }

    /// <summary>Path relative to the workspace that it came from, or the name that it was uploaded under.</summary>
    public required string Name { get; init; }

    /// <summary>Size in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>SHA-256 of the content, lower-case hexadecimal.</summary>
    public string Sha256 { get => field ?? string.Empty; init; }

    /// <summary>Media type guessed from the name, or as its sender said; only a hint.</summary>
    public string ContentType { get => field ?? string.Empty; init; }

    /// <summary>Id of the resource that made it, such as a job.</summary>
    public string Owner { get => field ?? string.Empty; init; }

    /// <summary>When it was stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Path of the content on this server.</summary>
    public string DownloadUrl { get => field ?? string.Empty; init; }

    /// <summary>From when on it is gone; left out where it is kept as long as what made it, or until it is deleted.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A signed URL that was just made. It is not stored, and never shown again.</summary>
public sealed record ArtifactUrl
{
    /// <summary>Its id, by which it is revoked; it opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The URL: whoever has it reads the artifact, without a credential.</summary>
    public string Url { get => field ?? string.Empty; init; }

    /// <summary>GET, with which HEAD goes as well, or HEAD alone.</summary>
    public string Method { get => field ?? string.Empty; init; }

    /// <summary>From when on it opens nothing.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its id only: the link does not get into logs by chance.</summary>
    public override string ToString() => Id;
}
