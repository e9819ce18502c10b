using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Grains.Abstractions.Artifacts;

/// <summary>
/// Signed URLs: whoever has one reads one artifact by one method without a credential, until it expires or is revoked. What one
/// process has revoked opens nothing in any other.
/// </summary>
public interface IArtifactUrls
{
    /// <summary>Most URLs of one artifact that are good at one time.</summary>
    public const int MostOfArtifact = 1000;

    /// <summary>Makes a URL's signature, where the tenant has the artifact and that has not as many URLs as it may have.</summary>
    /// <param name="grant">What it opens.</param>
    /// <param name="what">What is recorded of it, in the same write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IssuedArtifactUrl> Issue(ArtifactUrlGrant grant, AuditEvent what, CancellationToken cancellationToken = default);

    /// <summary>
    /// What a URL opens for a method now; null when that is nothing, be it wrong, changed, expired or revoked, or its artifact gone:
    /// which of these is told to nobody.
    /// </summary>
    Task<ArtifactUrlGrant?> Redeem(PresentedArtifactUrl presented, string method, CancellationToken cancellationToken = default);

    /// <summary>Revokes a URL, or all of an artifact where <paramref name="url"/> is null; how many that were.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="artifact">The artifact.</param>
    /// <param name="url">The URL.</param>
    /// <param name="what">What is recorded of it, in the same write, where there was any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<int> Revoke(string tenantId, ArtifactId artifact, ArtifactUrlId? url, AuditEvent what, CancellationToken cancellationToken = default);
}

/// <summary>What a signed URL opens.</summary>
/// <param name="Id">Its id, by which it is revoked.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Artifact">The artifact.</param>
/// <param name="Method">One of <see cref="ArtifactUrlMethods"/>.</param>
/// <param name="ExpiresAt">From when on it opens nothing; whole seconds.</param>
/// <param name="AgentId">Who made it.</param>
public sealed record ArtifactUrlGrant(
    ArtifactUrlId Id, string TenantId, ArtifactId Artifact, string Method, DateTimeOffset ExpiresAt, string AgentId);

/// <summary>What became of making a URL.</summary>
/// <param name="Signature">Its signature; null where none was made.</param>
/// <param name="IsTooMany">None was made because the artifact has <see cref="IArtifactUrls.MostOfArtifact"/>; else there is no such artifact.</param>
public sealed record IssuedArtifactUrl(string? Signature, bool IsTooMany = false);

/// <summary>A signed URL as somebody shows it.</summary>
/// <param name="Artifact">The artifact.</param>
/// <param name="Url">Id of the URL.</param>
/// <param name="ExpiresAt">Unix time in seconds.</param>
/// <param name="Signature">The signature.</param>
public sealed record PresentedArtifactUrl(ArtifactId Artifact, ArtifactUrlId Url, long ExpiresAt, string Signature);

/// <summary>Methods that a signed URL can be for.</summary>
public static class ArtifactUrlMethods
{
    /// <summary>Reading the content, whole or in parts, and what <see cref="Head"/> tells.</summary>
    public const string Get = "GET";

    /// <summary>Reading size and checksum only.</summary>
    public const string Head = "HEAD";

    /// <summary>Whether a URL for one method may be used with another one.</summary>
    public static bool Allows(string granted, string used) => granted == used || (granted == Get && used == Head);
}
