using System.Net;
using Sandbox.Egress;
using Sandbox.Egress.Records;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Audit;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Audit;

public sealed class EgressAuditTests
{
    private readonly MemoryAuditLog _log = new();

    [Theory]
    [InlineData(null, false, AuditOutcomes.Allowed)]
    [InlineData("name_not_allowed", true, AuditOutcomes.Denied)]
    [InlineData("unreachable", false, AuditOutcomes.Failed)]
    public async Task Decided_Connection_TellsHowItWent(string? reason, bool isRefusal, string outcome)
    {
        var job = JobId.New().ToString();

        await new EgressAudit(_log).Decided(Decision(job) with { Reason = reason, IsRefusal = isRefusal });

        var what = Assert.Single(_log.Events);
        Assert.Equal(("acme", AuditActions.NetworkConnect, outcome, reason), (what.TenantId, what.Action, what.Outcome, what.Cause));
        Assert.Equal((new AuditResource(AuditResourceTypes.Job, job), new AuditActor("alice", AuditActor.System)), (what.Resource, what.Actor));
        Assert.Equal([new("connection", "c"), new("host", "example.org"), new("port", "443"), new("address", "192.0.2.1")], what.Details);
    }

    [Fact]
    public async Task Ended_Connection_TellsItsBytes()
    {
        var session = SessionId.New().ToString();

        await new EgressAudit(_log).Ended(new EgressEnd(Decision(session), 10, 2000, TimeSpan.FromSeconds(1.5), "idle"));

        var what = Assert.Single(_log.Events);
        Assert.Equal((AuditActions.NetworkClosed, "idle", AuditResourceTypes.Session), (what.Action, what.Cause, what.Resource.Type));
        Assert.Equal([new("bytesOut", "10"), new("bytesIn", "2000"), new("seconds", "1.5")], what.Details.Skip(3));
    }

    [Fact]
    public async Task Decided_NotRecorded_Fails()
    {
        _log.Fails = true;

        await Assert.ThrowsAsync<IOException>(() => new EgressAudit(_log).Decided(Decision(JobId.New().ToString())));
    }

    private static EgressDecision Decision(string resource) =>
        new("c", new EgressOwner("acme", "alice", resource), "example.org", 443, IPAddress.Parse("192.0.2.1"), null, false);
}
