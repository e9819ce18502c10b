using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Storage.Audit;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// Signed URLs. Each use needs both the signature, which only the holder of the tenant's key can make, and the row, which whoever
/// revokes it removes. Nothing is cached: what one process has revoked opens nothing in any other.
/// </summary>
internal sealed class ArtifactUrls(TenantKeys keys, SqliteWriter writer, SqliteReaders readers, TimeProvider time) : IArtifactUrls
{
    public async Task<IssuedArtifactUrl> Issue(ArtifactUrlGrant grant, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        var signature = ArtifactUrlSignature.Sign(await KeyOf(grant, cancellationToken), grant);
        return await writer.Write(
            session =>
            {
                if (ArtifactTable.Find(session, grant.TenantId, grant.Artifact, now) is null)
                    return new IssuedArtifactUrl(null);
                if (ArtifactUrlTable.Count(session, grant.Artifact, now) >= IArtifactUrls.MostOfArtifact)
                    return new IssuedArtifactUrl(null, IsTooMany: true);
                ArtifactUrlTable.Insert(session, grant, now);
                AuditTable.Append(session, [what], now);
                return new IssuedArtifactUrl(signature);
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    public async Task<ArtifactUrlGrant?> Redeem(PresentedArtifactUrl presented, string method, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return readers.Read(session => ArtifactUrlTable.Find(session, presented.Url)) is { } grant
            && ArtifactUrlSignature.IsOf(await KeyOf(grant, cancellationToken), grant, presented.Signature)
            && grant.Artifact == presented.Artifact
            && grant.ExpiresAt.ToUnixTimeSeconds() == presented.ExpiresAt
            && grant.ExpiresAt > time.GetUtcNow()
            && ArtifactUrlMethods.Allows(grant.Method, method)
                ? grant
                : null;
    }

    public Task<int> Revoke(string tenantId, ArtifactId artifact, ArtifactUrlId? url, AuditEvent what, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return writer.Write(
            session =>
            {
                var revoked = ArtifactUrlTable.Delete(session, tenantId, artifact, url);
                if (revoked > 0)
                    AuditTable.Append(session, [what], now);
                return revoked;
            },
            WriteScope.Savepoint,
            cancellationToken: cancellationToken);
    }

    private ValueTask<byte[]> KeyOf(ArtifactUrlGrant grant, CancellationToken cancellationToken) =>
        keys.Derive(grant.TenantId, ArtifactUrlSignature.Domain, cancellationToken);
}
