using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Artifacts;

/// <summary>The content of an artifact as an answer. Bytes, name and type are a stranger's: never shown in a page, never guessed at, never run.</summary>
internal static class ArtifactContentResult
{
    private const string AnyContent = "application/octet-stream";

    public static FileStreamHttpResult Of(ArtifactInfo info, Stream content, HttpContext context, string cacheControl)
    {
        ByteRanges.Bound(context.Request);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = cacheControl;
        headers["Repr-Digest"] = ContentDigest.Write(info.Sha256);
        return TypedResults.Stream(
            content,
            MediaTypeHeaderValue.TryParse(info.ContentType, out _) ? info.ContentType : AnyContent,
            FileName(info.Name),
            entityTag: new EntityTagHeaderValue($"\"{info.Sha256}\""),
            enableRangeProcessing: true);
    }

    // The last part of the path; what a shell, a terminal or another file system could misread becomes "_".
    private static string FileName(string name)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        var safe = string.Concat(last.Select(static c => IsMisleading(c) ? '_' : c));
        return safe.Trim('.', ' ') is { Length: > 0 } ? safe : "artifact";
    }

    // Format characters turn the direction of text, and so hide an extension.
    private static bool IsMisleading(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format || "\\\"<>:|?*".Contains(c);
}
