using Microsoft.AspNetCore.Http.Features;
using Sandbox.Api.Http;
using Sandbox.Api.Tenants;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Sessions;

/// <summary>Where the bytes of a file come from that is written: the body, or an artifact of the tenant that the query names.</summary>
internal static class FileSource
{
    private const string Artifact = "artifact";

    /// <summary>The bytes, for the caller to dispose, or what is wrong.</summary>
    public static async Task<(Stream? Content, ProblemResult? Problem)> Open(HttpContext context, IArtifactStore artifacts)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(context.Request.Query, errors);
        var named = query.Single(Artifact);
        query.RefuseUnknown();
        if (errors.Any)
            return (null, ProblemResult.From(errors));
        if (named is not { } id)
            // The disk limit of the session bounds it.
            return (StreamedBody.OfAnySize(context), null);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            errors.Add(Artifact, "The request has a body as well.");
            return (null, ProblemResult.From(errors));
        }

        var tenant = context.Caller.TenantId;
        return await artifacts.Find(tenant, id, context.RequestAborted) is not null && await artifacts.OpenRead(tenant, id, context.RequestAborted) is { } content
            ? (content, null)
            : (null, ProblemResult.From(new Refusal(RefusalCodes.ArtifactUnknown, "There is no such artifact, or not any more.", Artifact)));
    }
}
