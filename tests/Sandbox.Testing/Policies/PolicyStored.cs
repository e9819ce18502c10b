using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Testing.Policies;

/// <summary>What goes on the record with a version of a policy that a test stores.</summary>
public static class PolicyStored
{
    public static AuditEvent Event { get; } = new(
        WellKnownTenants.Default, new AuditActor("agent", Roles.Admin), AuditActions.PolicyChanged, new AuditResource(AuditResourceTypes.Policy, "default"), AuditOutcomes.Succeeded);
}
