using System.Globalization;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Artifacts;

/// <summary>What is recorded of uploads. Their names are the caller's data, and are not.</summary>
internal static class ArtifactAudit
{
    /// <summary>It is stored.</summary>
    public static AuditEvent Created(Caller caller, ArtifactInfo info, EffectivePermit permit) =>
        (AuditEvent.By(caller, AuditActions.ArtifactCreated, new AuditResource(AuditResourceTypes.Artifact, info.Id), AuditOutcomes.Succeeded)
            with { Decision = new PolicyDecision(permit.Policy, permit.Version, Allowed: true) })
        .With(
            ("sizeBytes", info.SizeBytes.ToString(CultureInfo.InvariantCulture)),
            ("sha256", info.Sha256),
            ("expiresAt", info.ExpiresAt is { } end ? $"{end.UtcDateTime:O}" : null));

    /// <summary>It was refused.</summary>
    public static AuditEvent Denied(Caller caller, Refusal refusal, EffectivePermit? permit) => AuditEvent.Refused(
        caller, AuditActions.ArtifactDenied, new AuditResource(AuditResourceTypes.Tenant, caller.TenantId), refusal,
        permit is null ? null : new PolicyDecision(permit.Policy, permit.Version, Allowed: false, refusal.Rule, refusal.Detail));
}
