using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sandboxes;
using Sandbox.Grains.Admission;
using Sandbox.Grains.Nodes;
using Sandbox.Grains.Quotas;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Admission;

/// <summary>A test of the room on a node, with a clock that is turned and a use of tenants that is made up.</summary>
public abstract class NodeAdmissionTest
{
    private protected const long Mib = 1 << 20;

    private protected FakeTimeProvider Time { get; } = new();

    private protected ScriptedUsage Usage { get; } = new();

    private protected NodeAdmission Admission(int slots = 4, long memory = 1000 * Mib, int queue = 100, int queuePerTenant = 100)
    {
        var node = Options.Create(new NodeOptions { Name = "node", Slots = slots, MemoryBytes = memory, QueueLength = queue });
        return new NodeAdmission(
            node,
            new TenantShares(Usage, new InstallationQuotas(Options.Create(new QuotaOptions { QueuedJobs = queuePerTenant }))),
            new NodeDrain(new MemoryNodeStore(), node, Time, NullLogger<NodeDrain>.Instance),
            Time,
            NullLogger<NodeAdmission>.Instance);
    }

    private protected static AdmissionRequest Ask(string tenant, long memory, double cpu = 1) =>
        new(tenant, $"{Guid.NewGuid()}", new ResourceLimits(cpu, memory, 0, 1, 1, 0));

    private protected static AdmissionTicket Enter(NodeAdmission admission, string tenant = "a", long memory = Mib, Action? granted = null)
    {
        var reply = admission.Enter(Ask(tenant, memory), granted ?? (() => { }));
        Assert.Null(reply.Refusal);
        return reply.Value!;
    }

    private protected void Set(string tenant, QuotaOverrides quotas) => Usage.Overrides[tenant] = quotas;

    private protected static Refusal Refused(NodeAdmission admission, string tenant = "a", long memory = Mib)
    {
        var reply = admission.Enter(Ask(tenant, memory), () => { });
        Assert.Null(reply.Value);
        return reply.Refusal!;
    }
}
