namespace Sandbox.Cli.Artifacts;

internal sealed record StoredArtifact(
    string Id,
    string Name,
    long SizeBytes,
    string? Sha256 = null,
    string? ContentType = null,
    string? Owner = null,
    DateTimeOffset? CreatedAt = null,
    DateTimeOffset? ExpiresAt = null);

internal sealed record ArtifactPage(IReadOnlyList<StoredArtifact> Items, string? NextCursor = null);

internal sealed record ArtifactUrlRequest(double? ExpiresInSeconds = null, string? Method = null);

internal sealed record ArtifactUrl(string Id, string Url, string? Method = null, DateTimeOffset? ExpiresAt = null);
