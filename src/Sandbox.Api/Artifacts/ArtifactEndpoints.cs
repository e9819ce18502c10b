using Microsoft.AspNetCore.Http.HttpResults;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;
using Sandbox.Api.OpenApi;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Artifacts;

/// <summary>The routes under <c>/v1/artifacts</c>. Content streams both ways: none of it is held in memory.</summary>
internal static class ArtifactEndpoints
{
    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public static RouteGroupBuilder MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/artifacts").WithTags("Artifacts").RequireAuthorization(ApiAuthentication.Use);
        artifacts.MapPost("", Upload).DescribeUploadArtifact();
        artifacts.MapGet("", List).DescribeListArtifacts();
        artifacts.MapGet("/{id}", Get).DescribeGetArtifact();
        artifacts.MapGet("/{id}/content", Download).DescribeDownloadArtifact();
        artifacts.MapMethods("/{id}/content", ["HEAD"], Download).DescribeArtifactHead();
        artifacts.MapDelete("/{id}", Delete).DescribeDeleteArtifact();
        artifacts.MapArtifactUrls();
        return artifacts;
    }

    private static async Task<Results<Created<Artifact>, ProblemResult>> Upload(HttpContext context, IArtifactUploads uploads)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0)
            return ProblemResult.Of(ProblemCodes.UnsupportedMediaType, "The content must come as it is, without Content-Encoding.");
        try
        {
            var (upload, content) = await UploadReader.Open(context);
            var reply = await uploads.Upload(context.Caller, upload, content, context.RequestAborted);
            if (reply.Value is not { } stored)
                return ProblemResult.From(reply.Refusal!);
            if (stored.IsReplay)
                context.Response.Headers[IdempotencyKey.ReplayedHeader] = "true";
            return TypedResults.Created($"/v1/artifacts/{stored.Info.Id}", Artifact.From(stored.Info));
        }
        catch (UploadFormatException e)
        {
            return ProblemResult.From(e.Errors);
        }
    }

    private static async Task<Results<Ok<ArtifactList>, ProblemResult>> List(HttpContext context, IArtifactStore store)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var limit = query.Integer("limit", 1, LargestPage, DefaultPage);
        var cursor = query.Cursor(static place => ArtifactId.TryParse(place.Id, out var at) ? new ArtifactCursor(place.CreatedAt, at) : null);
        query.RefuseUnknown();
        if (errors.Any)
            return ProblemResult.From(errors);
        var page = await store.List(context.Caller.TenantId, cursor, limit, context.RequestAborted);
        return TypedResults.Ok(new ArtifactList
        {
            Items = [.. page.Items.Select(Artifact.From)],
            NextCursor = page.Next is { } next ? CursorText.Write(next.CreatedAt, next.Id.ToString()) : null,
        });
    }

    private static async Task<Results<Ok<Artifact>, ProblemResult>> Get(string id, HttpContext context, IArtifactStore store) =>
        await store.Find(context.Caller.TenantId, id, context.RequestAborted) is { } info ? TypedResults.Ok(Artifact.From(info)) : ProblemResult.NotFound();

    public static async Task<Results<FileStreamHttpResult, ProblemResult>> Download(string id, HttpContext context, IArtifactStore store)
    {
        var tenant = context.Caller.TenantId;
        return await store.Find(tenant, id, context.RequestAborted) is { } info
            && await store.OpenRead(tenant, id, context.RequestAborted) is { } content
            ? ArtifactContentResult.Of(info, content, context, "private, no-cache")
            : ProblemResult.NotFound();
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string id, HttpContext context, IArtifactStore store, IAuditLog audit) =>
        await Remove(context.Caller, id, store, audit, context.RequestAborted) ? TypedResults.NoContent() : ProblemResult.NotFound();

    /// <summary>Removes an artifact, on the record; false where the tenant has none of this id.</summary>
    public static async Task<bool> Remove(Caller caller, string id, IArtifactStore store, IAuditLog audit, CancellationToken cancellationToken)
    {
        if (await store.Find(caller.TenantId, id, cancellationToken) is null)
            return false;
        await audit.Append(AuditEvent.By(caller, AuditActions.ArtifactDelete, new AuditResource(AuditResourceTypes.Artifact, id)), cancellationToken);
        return await store.Delete(caller.TenantId, id, cancellationToken);
    }
}
