using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Nodes;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Tests.Sessions;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Nodes;

public sealed class NodeDrainTests : SessionNodeTest
{
    [Fact]
    public async Task List_OfARunningNode_HasWhatItOffersAndCouldStillTake()
    {
        await Node.Start();
        var (id, _) = await Open();
        var job = await Submit();
        var sandbox = await Node.Runtime.Next();
        var exec = await sandbox.NextExec();

        var node = Assert.Single(await Node.Nodes.List(Patience.Token));

        Assert.Equal((TestNode.Name, NodeStatus.Active, null), (node.Name, node.Status, node.DrainingSince));
        Assert.Equal((4, 100), (node.Capacity.Jobs, node.Capacity.QueuedJobs));
        Assert.Equal((3, node.Capacity.MemoryBytes - (64 << 20)), (node.Free.Jobs, node.Free.MemoryBytes));
        Assert.Equal(node.Capacity.Sessions - 1, node.Free.Sessions);
        Assert.Single(node.Processes);
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Node.Job(job).Get(Alice, Long, Patience.Token)).Value!.Status);
        await EndSession(id);
    }

    [Fact]
    public async Task Drain_RefusesNewWorkAndLetsTheOldEnd()
    {
        await Node.Start();
        var (id, sandbox) = await Open();
        Node.Drains.Work = NodeWork.None with { LiveSessions = 1 };

        var node = await Node.Nodes.SetDrain(Alice, TestNode.Name, on: true, Patience.Token);

        Assert.Equal((NodeStatus.Draining, NodeRoom.None), (node!.Status, node.Free));
        await AssertRefused();
        var running = Step(id, Code("1"), Long);
        (await sandbox.NextExec()).Exit();
        Assert.Equal(StepStatus.Succeeded, (await running).Status);
        await EndSession(id);
        Node.Drains.Work = NodeWork.None with { StoredSessions = 1 };
        await Until(async () => (await Node.Nodes.Find(TestNode.Name, Patience.Token))!.Status == NodeStatus.Drained);
    }

    [Fact]
    public async Task Drain_WhileASessionIsBeingMade_IsNotOverBeforeThatHasEnded()
    {
        await Node.Start();
        // It has its place, and no row yet.
        var (id, _) = await Open();
        Node.Drains.Work = NodeWork.None;

        Assert.Equal(NodeStatus.Draining, (await Node.Nodes.SetDrain(Alice, TestNode.Name, on: true, Patience.Token))!.Status);

        await EndSession(id);
        await Until(async () => (await Node.Nodes.Find(TestNode.Name, Patience.Token))!.Status == NodeStatus.Drained);
    }

    [Fact]
    public async Task Drain_AfterARestart_StillHoldsUntilTheNodeIsActivated()
    {
        await Node.Start();
        await Node.Nodes.SetDrain(Alice, TestNode.Name, on: true, Patience.Token);
        await Node.Stop();
        await Node.Start();
        await AssertRefused();

        var node = await Node.Nodes.SetDrain(Alice, TestNode.Name, on: false, Patience.Token);

        Assert.Equal(NodeStatus.Active, node!.Status);
        var (id, _) = await Open();
        await EndSession(id);
    }

    [Fact]
    public async Task Drain_OfANodeThatIsNotThere_IsNothing()
    {
        await Node.Start();

        Assert.Null(await Node.Nodes.SetDrain(Alice, "other", on: true, Patience.Token));

        Assert.Empty(await Node.Drains.ListDraining(Patience.Token));
    }

    [Fact]
    public async Task List_WithADrainedNodeThatIsGone_SaysSo()
    {
        await Node.Start();
        await Node.Drains.SetDraining("gone", true, null!, Patience.Token);

        var nodes = await Node.Nodes.List(Patience.Token);

        Assert.Equal([("gone", NodeStatus.Unreachable), (TestNode.Name, NodeStatus.Active)], nodes.Select(node => (node.Name, node.Status)));
    }

    private async Task AssertRefused()
    {
        var job = await Node.Job(JobId.New()).Submit(Alice, Spec(), "fingerprint", Patience.Token);
        var session = await Node.Session(SessionId.New()).Create(Alice, SessionSpec(), "fingerprint", Patience.Token);

        Assert.Equal([RefusalCodes.NodeDraining, RefusalCodes.NodeDraining], new[] { job.Refusal!.Code, session.Refusal!.Code });
        Assert.NotNull(job.Refusal.RetryAfter);
    }
}
