namespace Sandbox.Api.Mcp.Resources;

/// <summary>The names by which files and artifacts are linked to.</summary>
/// <param name="Session">The session whose file it is; null for an artifact.</param>
/// <param name="Path">Path of the file, absolute or relative to the workspace.</param>
/// <param name="Artifact">The artifact.</param>
internal sealed record ResourceUri(string? Session, string? Path, string? Artifact)
{
    public const string FileTemplate = "sandbox://sessions/{sessionId}/files/{+path}";
    public const string ArtifactTemplate = "sandbox://artifacts/{artifactId}";

    private const string Sessions = "sandbox://sessions/";
    private const string Files = "/files/";
    private const string Artifacts = "sandbox://artifacts/";

    /// <summary>The link to a file. An absolute path keeps its slash, so that none is taken for one of the workspace.</summary>
    public static string OfFile(string session, string path) => $"{Sessions}{session}{Files}{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    public static string OfArtifact(string id) => Artifacts + id;

    public static ResourceUri? Parse(string uri)
    {
        if (uri.StartsWith(Artifacts, StringComparison.Ordinal))
            return new ResourceUri(null, null, uri[Artifacts.Length..]);
        if (!uri.StartsWith(Sessions, StringComparison.Ordinal))
            return null;
        var rest = uri[Sessions.Length..];
        var files = rest.IndexOf(Files, StringComparison.Ordinal);
        return files > 0 && rest.Length > files + Files.Length
            ? new ResourceUri(rest[..files], Uri.UnescapeDataString(rest[(files + Files.Length)..]), null)
            : null;
    }
}
