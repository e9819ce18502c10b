using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Artifacts;

/// <summary>Uploads: what platform and policy allow of one, decided before its first byte and held while it comes.</summary>
internal sealed class ArtifactUploads(
    IArtifactStore store, IStorageQuota quota, PermitSource permits, IAuditLog audit, IOptions<ArtifactOptions> options, TimeProvider time)
    : IArtifactUploads
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    public async Task<Reply<StoredArtifact>> Upload(Caller caller, ArtifactUpload upload, Stream content, CancellationToken cancellationToken = default)
    {
        var reply = PolicyGate.RefuseRole(caller) is { } role ? role : await permits.ForNew(caller, named: null, cancellationToken);
        if (reply.Value is not { } permit)
            return await Refuse(caller, reply.Refusal!, null, cancellationToken);
        var bounds = new UploadBounds(options.Value, permit.MaxArtifactBytes);
        if (bounds.Refuse(upload) is { } refusal)
            return await Refuse(caller, refusal, permit, cancellationToken);
        using var room = quota.Enter(caller.TenantId);
        if (room.Refusal is { } full)
            return await Refuse(caller, full, permit, cancellationToken);
        try
        {
            return await store.Store(Draft(caller, upload, bounds, permit), room.Meter(content), bounds.MaxBytes, cancellationToken);
        }
        catch (QuotaExceededException e)
        {
            return await Refuse(caller, e.Breach.ToRefusal(RetryAfter), permit, cancellationToken);
        }
        catch (ArtifactTooLargeException)
        {
            return await Refuse(caller, bounds.TooLarge, permit, cancellationToken);
        }
        catch (ArtifactDigestException)
        {
            return new Refusal(RefusalCodes.DigestMismatch, "The content that has come has another SHA-256 than the request says.", "Content-Digest");
        }
        catch (ArtifactKeyReusedException)
        {
            return new Refusal(RefusalCodes.IdempotencyKeyReused, "Another artifact was uploaded with this key.", "Idempotency-Key");
        }
    }

    private ArtifactDraft Draft(Caller caller, ArtifactUpload upload, UploadBounds bounds, EffectivePermit permit) =>
        new(caller.TenantId, ArtifactOwner.Of(caller.AgentId), upload.Name)
        {
            ContentType = upload.ContentType,
            Sha256 = upload.Sha256,
            IdempotencyKey = upload.IdempotencyKey,
            ExpiresAt = bounds.Seconds(upload) is { } seconds ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds) : null,
            Recorded = info => ArtifactAudit.Created(caller, info, permit),
        };

    private async Task<Refusal> Refuse(Caller caller, Refusal refusal, EffectivePermit? permit, CancellationToken cancellationToken)
    {
        await audit.Append(ArtifactAudit.Denied(caller, refusal, permit), cancellationToken);
        return refusal;
    }
}
