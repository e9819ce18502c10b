using Sandbox.Egress;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Packages;

namespace Sandbox.Grains.Audit;

/// <summary>Packages that sandboxes ask for, on the audit record, and what came of it.</summary>
internal sealed class PackageAudit(IAuditLog audit)
{
    /// <summary>Completes when it is durable: nothing is served before.</summary>
    public Task Write(EgressOwner owner, PackageRequest request)
    {
        var outcome = request.Refused is null ? AuditOutcomes.Allowed : AuditOutcomes.Denied;
        var what = AuditEvent.OfItself(owner.TenantId, owner.AgentId, AuditActions.PackageRequest, EgressAudit.Resource(owner), outcome) with { Cause = request.Refused };
        return audit.Append(what.With(("ecosystem", request.Ecosystem), ("package", request.Name), ("version", request.Version)));
    }
}
