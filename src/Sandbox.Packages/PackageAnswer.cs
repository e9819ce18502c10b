using Sandbox.Packages.Cache;

namespace Sandbox.Packages;

/// <summary>What is said to a client, and what is recorded of it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Type of the body.</param>
/// <param name="Body">The body, unless it is a file.</param>
/// <param name="File">The file; whoever sends it disposes it.</param>
/// <param name="Version">The version that was asked for.</param>
/// <param name="Refused">Why not, one of <see cref="PackageReasons"/>.</param>
internal sealed record PackageAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body, CachedFile? File, string? Version, string? Refused)
{
    /// <summary>A page.</summary>
    public static PackageAnswer Page(string contentType, ReadOnlyMemory<byte> body) => new(200, contentType, body, null, null, null);

    /// <summary>A file.</summary>
    public static PackageAnswer Content(CachedFile file, string version) => new(200, "application/octet-stream", default, file, version, null);

    /// <summary>The policy says no.</summary>
    public static PackageAnswer Refusal(string reason, string sentence, string? version = null) => Sentence(403, reason, sentence, version);

    /// <summary>There is no such thing.</summary>
    public static PackageAnswer Missing(string sentence) => Sentence(404, PackageReasons.NotFound, sentence);

    /// <summary>A sentence for whoever reads what pip or npm print.</summary>
    public static PackageAnswer Sentence(int status, string reason, string sentence, string? version = null) =>
        new(status, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(sentence + "\n"), null, version, reason);
}
