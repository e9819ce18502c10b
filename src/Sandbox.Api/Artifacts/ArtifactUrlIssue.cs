using Microsoft.Extensions.Options;
using Sandbox.Api.Artifacts.Requests;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Artifacts;

/// <summary>Makes signed URLs, for every door that hands them out.</summary>
internal sealed class ArtifactUrlIssue(
    IArtifactStore store, IArtifactUrls urls, IOptions<ArtifactUrlOptions> options, IOptions<ApiOptions> api, TimeProvider time)
{
    private static readonly Refusal NotFound = new(RefusalCodes.NotFound, "There is no such artifact, or not any more.");

    /// <summary>Notes what is wrong with a request.</summary>
    public static void Check(ArtifactUrlRequest request, ArtifactUrlOptions options, RequestErrors errors)
    {
        if (request.ExpiresInSeconds is { } seconds && !(seconds >= 1 && seconds <= options.MaxUrlSeconds))
            errors.Add("expiresInSeconds", $"Must be from 1 to {options.MaxUrlSeconds}.");
        if (request.Method is not (null or ArtifactUrlMethods.Get or ArtifactUrlMethods.Head))
            errors.Add("method", $"Must be {ArtifactUrlMethods.Get} or {ArtifactUrlMethods.Head}.");
    }

    /// <summary>A URL that opens an artifact without a credential.</summary>
    /// <param name="asked">The request, whose address the URL begins with where no other is set.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The artifact.</param>
    /// <param name="request">What the URL shall be, checked.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Reply<ArtifactUrl>> Issue(
        HttpRequest asked, Caller caller, string id, ArtifactUrlRequest request, CancellationToken cancellationToken)
    {
        if (await store.Find(caller.TenantId, id, cancellationToken) is not { } info || !ArtifactId.TryParse(id, out var artifact))
            return NotFound;
        var end = time.GetUtcNow() + TimeSpan.FromSeconds(request.ExpiresInSeconds ?? options.Value.DefaultUrlSeconds);
        // Whole seconds, as the URL says it; and none outlives its artifact.
        end = DateTimeOffset.FromUnixTimeSeconds((info.ExpiresAt < end ? info.ExpiresAt.Value : end).ToUnixTimeSeconds());
        var grant = new ArtifactUrlGrant(ArtifactUrlId.New(), caller.TenantId, artifact, request.Method ?? ArtifactUrlMethods.Get, end, caller.AgentId);
        var issued = await urls.Issue(grant, ArtifactUrlAudit.Created(caller, grant), cancellationToken);
        if (issued.Signature is not { } signature)
        {
            return issued.IsTooMany
                ? new Refusal(RefusalCodes.ArtifactUrlLimit, $"An artifact has at most {IArtifactUrls.MostOfArtifact} URLs that are good: revoke some.")
                : NotFound;
        }

        return new ArtifactUrl
        {
            Id = grant.Id.ToString(),
            Url = SignedUrlText.Write(asked, api.Value, grant, signature),
            Method = grant.Method,
            ExpiresAt = grant.ExpiresAt.UtcDateTime,
        };
    }
}
