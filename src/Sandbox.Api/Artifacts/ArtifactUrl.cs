namespace Sandbox.Api.Artifacts;

/// <summary>A signed URL that was just made. It is not stored, and never shown again.</summary>
public sealed record ArtifactUrl
{
    /// <summary>Its id, by which it is revoked; it opens nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The URL: whoever has it reads the artifact, without a credential.</summary>
    public required string Url { get; init; }

    /// <summary>GET, with which HEAD goes as well, or HEAD alone.</summary>
    public required string Method { get; init; }

    /// <summary>From when on it opens nothing.</summary>
    public required DateTime ExpiresAt { get; init; }
}
