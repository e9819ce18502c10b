using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Artifacts;

/// <summary>The routes under <c>/v1/artifacts</c>.</summary>
internal static class ArtifactEndpoints
{
    private const string Prefix = "art_";
    private const int LongestId = 64;
    private const string AnyContent = "application/octet-stream";

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    public static RouteGroupBuilder MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/artifacts").WithTags("Artifacts").RequireAuthorization(ApiAuthentication.Use);
        artifacts.MapGet("/{id}", Get).DescribeGetArtifact();
        artifacts.MapGet("/{id}/content", Download).DescribeDownloadArtifact();
        artifacts.MapMethods("/{id}/content", ["HEAD"], Download).DescribeArtifactHead();
        artifacts.MapDelete("/{id}", Delete).DescribeDeleteArtifact();
        return artifacts;
    }

    private static async Task<Results<Ok<Artifact>, ProblemResult>> Get(string id, HttpContext context, IArtifactStore store) =>
        await Find(id, context, store) is { } info ? TypedResults.Ok(Artifact.From(info)) : ProblemResult.NotFound();

    private static async Task<Results<FileStreamHttpResult, ProblemResult>> Download(string id, HttpContext context, IArtifactStore store)
    {
        if (await Find(id, context, store) is not { } info)
            return ProblemResult.NotFound();
        if (await store.OpenRead(context.Caller.TenantId, id, context.RequestAborted) is not { } content)
            return ProblemResult.NotFound();
        ByteRanges.Bound(context.Request);
        // The bytes and the name are a stranger's: never shown in a page, never guessed at, never run.
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "private, no-cache";
        return TypedResults.Stream(
            content,
            MediaTypeHeaderValue.TryParse(info.ContentType, out _) ? info.ContentType : AnyContent,
            FileName(info.Name),
            entityTag: new EntityTagHeaderValue($"\"{info.Sha256}\""),
            enableRangeProcessing: true);
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IArtifactStore store, IAuditLog audit)
    {
        if (await Find(id, context, store) is null)
            return ProblemResult.NotFound();
        var caller = context.Caller;
        await audit.Append(AuditEvent.By(caller, AuditActions.ArtifactDelete, new AuditResource(AuditResourceTypes.Artifact, id)), context.RequestAborted);
        return await store.Delete(caller.TenantId, id, context.RequestAborted) ? TypedResults.NoContent() : ProblemResult.NotFound();
    }

    private static Task<ArtifactInfo?> Find(string id, HttpContext context, IArtifactStore store) =>
        IsId(id) ? store.Find(context.Caller.TenantId, id, context.RequestAborted) : Task.FromResult<ArtifactInfo?>(null);

    private static bool IsId(string id) =>
        id.Length <= LongestId && id.StartsWith(Prefix, StringComparison.Ordinal) && !id.AsSpan().ContainsAnyExcept(IdCharacters);

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
