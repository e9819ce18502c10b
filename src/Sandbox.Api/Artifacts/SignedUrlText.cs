using System.Globalization;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Artifacts;

/// <summary>A signed URL as text.</summary>
internal static class SignedUrlText
{
    private const int LongestSignature = 64;

    /// <summary>The whole URL, upon the address under which clients reach the server.</summary>
    public static string Write(HttpRequest request, ApiOptions api, ArtifactUrlGrant grant, string signature)
    {
        var origin = api.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{origin}/v1/artifacts/{grant.Artifact}/signed?url={grant.Id}&expires={grant.ExpiresAt.ToUnixTimeSeconds()}&signature={signature}");
    }

    /// <summary>What is shown; null where it cannot be a URL of ours.</summary>
    public static PresentedArtifactUrl? Read(string id, IQueryCollection parameters)
    {
        var errors = new RequestErrors();
        var query = new RequestQuery(parameters, errors);
        var (url, expires, signature) = (query.Single("url"), query.Integer("expires", 0L, long.MaxValue, -1), query.Single("signature"));
        query.RefuseUnknown();
        return !errors.Any && signature?.Length <= LongestSignature && ArtifactId.TryParse(id, out var artifact) && ArtifactUrlId.TryParse(url, out var urlId)
            ? new PresentedArtifactUrl(artifact, urlId, expires, signature)
            : null;
    }
}
