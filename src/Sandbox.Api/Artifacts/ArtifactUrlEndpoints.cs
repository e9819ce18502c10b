using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Quotas;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Artifacts;

/// <summary>Signed URLs of artifacts: making, using and revoking them. Who uses one shows no credential.</summary>
internal static class ArtifactUrlEndpoints
{
    public static void MapArtifactUrls(this RouteGroupBuilder artifacts)
    {
        artifacts.MapPost("/{id}/url", Create).DescribeCreateArtifactUrl();
        artifacts.MapDelete("/{id}/url", RevokeAll).DescribeRevokeArtifactUrls();
        artifacts.MapDelete("/{id}/url/{urlId}", Revoke).DescribeRevokeArtifactUrl();
        artifacts.MapGet("/{id}/signed", Use).AllowAnonymous().DescribeSignedDownload();
        artifacts.MapMethods("/{id}/signed", ["HEAD"], Use).AllowAnonymous().DescribeSignedHead();
    }

    private static async Task<Results<Created<ArtifactUrl>, ProblemResult>> Create(
        string id, HttpContext context, ArtifactUrlIssue issue, IOptions<ArtifactUrlOptions> options)
    {
        if (!RequestBody.IsJsonOrNone(context.Request))
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType);
        var errors = new RequestErrors();
        var request = await ReadRequest(context, options.Value, errors);
        if (errors.Any)
            return ProblemResult.From(errors);
        var issued = await issue.Issue(context.Request, context.Caller, id, request, context.RequestAborted);
        return issued.Value is { } url ? TypedResults.Created((string?)null, url) : ProblemResult.From(issued.Refusal!);
    }

    private static async Task<Results<FileStreamHttpResult, ProblemResult>> Use(
        string id, HttpContext context, IArtifactStore store, IArtifactUrls urls, IAuditLog audit, TenantRequests requests)
    {
        // Also what goes wrong is for nobody else to keep.
        context.Response.Headers.CacheControl = "private, no-store";
        if (SignedUrlText.Read(id, context.Request.Query) is not { } presented
            || await urls.Redeem(presented, context.Request.Method, context.RequestAborted) is not { } grant
            || await store.Find(grant.TenantId, id, context.RequestAborted) is not { } info)
        {
            return ProblemResult.Of(ProblemCodes.UrlInvalid);
        }

        // Who has a URL acts for the tenant, at its expense.
        if (await requests.Take(grant.TenantId, context) is { } limited)
            return limited;
        await audit.Append(ArtifactUrlAudit.Used(grant, context.Request.Method), context.RequestAborted);
        return await store.OpenRead(grant.TenantId, id, context.RequestAborted) is { } content
            ? ArtifactContentResult.Of(info, content, context, "private, no-store")
            : ProblemResult.Of(ProblemCodes.UrlInvalid);
    }

    private static async Task<Results<NoContent, ProblemResult>> Revoke(string id, string urlId, HttpContext context, IArtifactUrls urls)
    {
        var caller = context.Caller;
        return ArtifactId.TryParse(id, out var artifact)
            && ArtifactUrlId.TryParse(urlId, out var url)
            && await urls.Revoke(caller.TenantId, artifact, url, ArtifactUrlAudit.Revoked(caller, artifact, url), context.RequestAborted) > 0
            ? TypedResults.NoContent()
            : ProblemResult.NotFound();
    }

    private static async Task<Results<NoContent, ProblemResult>> RevokeAll(string id, HttpContext context, IArtifactStore store, IArtifactUrls urls)
    {
        var caller = context.Caller;
        if (await store.Find(caller.TenantId, id, context.RequestAborted) is null || !ArtifactId.TryParse(id, out var artifact))
            return ProblemResult.NotFound();
        await urls.Revoke(caller.TenantId, artifact, url: null, ArtifactUrlAudit.Revoked(caller, artifact, url: null), context.RequestAborted);
        return TypedResults.NoContent();
    }

    private static async Task<ArtifactUrlRequest> ReadRequest(HttpContext context, ArtifactUrlOptions options, RequestErrors errors)
    {
        new RequestQuery(context.Request.Query, errors).RefuseUnknown();
        using var body = await RequestBody.ReadOptional(context.Request, errors, context.RequestAborted);
        if (body is null || RequestObject.Open(body.Root, errors) is not { } root)
            return new ArtifactUrlRequest();
        var request = new ArtifactUrlRequest { ExpiresInSeconds = root.Number("expiresInSeconds"), Method = root.String("method") };
        root.RefuseUnknown();
        ArtifactUrlIssue.Check(request, options, errors);
        return request;
    }
}
