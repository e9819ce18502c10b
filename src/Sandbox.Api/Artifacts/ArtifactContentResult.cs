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
            DownloadName.Of(info.Name),
            entityTag: new EntityTagHeaderValue($"\"{info.Sha256}\""),
            enableRangeProcessing: true);
    }
}
