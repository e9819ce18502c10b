using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Artifacts;

/// <summary>What is recorded of signed URLs, by their ids.</summary>
internal static class ArtifactUrlAudit
{
    /// <summary>One was made.</summary>
    public static AuditEvent Created(Caller caller, ArtifactUrlGrant grant) =>
        AuditEvent.By(caller, AuditActions.ArtifactUrlCreated, Of(grant.Artifact), AuditOutcomes.Succeeded)
            .With(("url", grant.Id.ToString()), ("method", grant.Method), ("expiresAt", $"{grant.ExpiresAt.UtcDateTime:O}"));

    /// <summary>One is used: by whoever has it, in the name of the agent that made it.</summary>
    public static AuditEvent Used(ArtifactUrlGrant grant, string method) =>
        AuditEvent.By(new Caller(grant.TenantId, grant.AgentId, AuditActor.SignedUrl), AuditActions.ArtifactUrlUsed, Of(grant.Artifact))
            .With(("url", grant.Id.ToString()), ("method", method));

    /// <summary>One was revoked, or all of an artifact.</summary>
    public static AuditEvent Revoked(Caller caller, ArtifactId artifact, ArtifactUrlId? url) =>
        AuditEvent.By(caller, AuditActions.ArtifactUrlRevoked, Of(artifact), AuditOutcomes.Succeeded).With(("url", url?.ToString() ?? "all"));

    private static AuditResource Of(ArtifactId artifact) => new(AuditResourceTypes.Artifact, artifact.ToString());
}
