using System.Text.Json;
using Orleans.Storage;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of nodes promises, on every backend.</summary>
public abstract class NodeStoreConformance(IStorageFixture fixture)
{
    private readonly IGrainStorage _storage = fixture.GrainStorage();
    private readonly INodeStore _nodes = fixture.Nodes();
    private readonly IAuditQueries _audit = fixture.AuditQueries();
    private readonly string _tenant = JobTestStates.NewTenant();
    private readonly string _node = $"node-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SetDraining_TwiceAndBack_IsRecordedOnceEach()
    {
        await _nodes.SetDraining(_node, true, What(AuditActions.NodeDrain), Cancel);
        var since = (await _nodes.ListDraining(Cancel))[_node];
        await _nodes.SetDraining(_node, true, What(AuditActions.NodeDrain), Cancel);
        Assert.Equal(since, (await _nodes.ListDraining(Cancel))[_node]);

        await _nodes.SetDraining(_node, false, What(AuditActions.NodeActivate), Cancel);
        await _nodes.SetDraining(_node, false, What(AuditActions.NodeActivate), Cancel);

        Assert.DoesNotContain(_node, (await _nodes.ListDraining(Cancel)).Keys);
        var recorded = await _audit.Query(new AuditQuery(_tenant, 10), Cancel);
        Assert.Equal([AuditActions.NodeActivate, AuditActions.NodeDrain], recorded.Items.Select(entry => ActionOf(entry)));
    }

    [Fact]
    public async Task CountWork_OfANode_IsWhatHasNotEnded()
    {
        foreach (var status in new[] { JobStatus.Queued, JobStatus.Queued, JobStatus.Running, JobStatus.Failed })
            await Store(status);
        await Store(SessionStatus.Ready, sandboxes: 1);
        await Store(SessionStatus.Busy, sandboxes: 1);
        await Store(SessionStatus.Paused, sandboxes: 1);
        await Store(SessionStatus.Paused, sandboxes: 0);
        await Store(SessionStatus.Expired, sandboxes: 0);

        Assert.Equal(
            new NodeWork(QueuedJobs: 2, RunningJobs: 1, LiveSessions: 2, PausedSessions: 1, StoredSessions: 1, Services: 0),
            await _nodes.CountWork(_node, Cancel));
        Assert.Equal(NodeWork.None, await _nodes.CountWork(_node + "x", Cancel));
    }

    private static string? ActionOf(AuditEntry entry)
    {
        using var document = JsonDocument.Parse(entry.Body);
        return document.RootElement.GetProperty("action").GetString();
    }

    private AuditEvent What(string action) => new(
        _tenant, new AuditActor("agent", Roles.Operator), action, new AuditResource(AuditResourceTypes.Node, _node), AuditOutcomes.Succeeded);

    private Task Store(JobStatus status)
    {
        var state = JobTestStates.Queued(_tenant, JobTestStates.Epoch).With(status);
        state.Node = _node;
        return _storage.WriteStateAsync("job", state.GrainId(), new Orleans.GrainState<JobTestState>(state));
    }

    private Task Store(SessionStatus status, int sandboxes)
    {
        var state = SessionTestStates.Ready(_tenant, JobTestStates.Epoch, _node);
        state.View = state.View with { Status = status };
        state.Share = new TenantShare(sandboxes, 0, 0, 0);
        return _storage.WriteStateAsync("session", state.GrainId(), new Orleans.GrainState<SessionTestState>(state));
    }
}
