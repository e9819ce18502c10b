using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Audit;

/// <summary>What is recorded of a "no".</summary>
internal static class Refusals
{
    public static AuditEvent Event(Caller caller, string action, AuditResource resource, PolicyDecision? decision, Refusal refusal) =>
        new(caller.TenantId, AuditActor.Of(caller), action, resource, AuditOutcomes.Denied)
        {
            Cause = refusal.Code,
            // Only the policy's own words: other refusals may name what the caller has sent.
            Decision = decision is { Allowed: false } ? decision : null,
            TraceId = AuditTrace.Current,
            Details = AuditDetails.Of(("field", refusal.Field), ("rule", refusal.Rule)),
        };
}
