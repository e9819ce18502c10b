using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Sessions;

/// <summary>The content of a session's file as an answer. The bytes are those of a stranger: never shown in a page, never guessed at, never run.</summary>
internal static class FileContentResult
{
    private const string AnyContent = "application/octet-stream";

    /// <param name="found">The file; it is disposed of with the request.</param>
    /// <param name="context">The request.</param>
    /// <param name="saveAs">Name under which browsers save it; null where clients know what they asked for.</param>
    public static FileStreamHttpResult Of(SessionFileContent found, HttpContext context, string? saveAs = null)
    {
        context.Response.RegisterForDisposeAsync(found);
        ByteRanges.Bound(context.Request);
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "private, no-cache";
        return TypedResults.Stream(
            found.Content,
            AnyContent,
            saveAs,
            lastModified: found.File.ModifiedAt,
            entityTag: found.Sha256 is { } sha256 ? new EntityTagHeaderValue($"\"{sha256}\"") : null,
            enableRangeProcessing: true);
    }
}
