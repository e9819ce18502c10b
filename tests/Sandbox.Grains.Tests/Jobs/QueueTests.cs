using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class QueueTests : NodeTest
{
    [Fact]
    public async Task Submit_SlotsTaken_WaitsAndRunsNext()
    {
        Node.Slots = 1;
        await Node.Start();
        var (first, _, exec) = await Running();
        var second = await Submit();
        Assert.Equal(JobStatus.Queued, (await View(second)).Status);
        Assert.Equal((1, 1), (Node.Admission.Running, Node.Admission.Queued));
        exec.Exit();
        await Ended(first);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(second)).Status);
    }

    [Fact]
    public async Task Submit_ManyMoreThanSlots_AllRunAndNeverMoreAtOnceThanSlots()
    {
        const int Jobs = 20;
        Node.Slots = 3;
        await Node.Start();
        var ids = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(_ => Submit()));
        for (var i = 0; i < Jobs; i++)
        {
            var exec = await (await Node.Runtime.Next()).NextExec();
            Assert.InRange(Node.Runtime.Live.Count, 1, Node.Slots);
            exec.Exit();
        }

        foreach (var id in ids)
            Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
        Assert.Equal(Jobs, Node.Runtime.Made);
    }

    [Theory]
    [InlineData(1, 100, RefusalCodes.QueueFull)]
    [InlineData(100, 1, RefusalCodes.QuotaExceeded)]
    public async Task Submit_QueueFull_IsRefusedAndLeavesNothing(int queue, int perTenant, string code)
    {
        (Node.Slots, Node.QueueLength) = (1, queue);
        Node.Settings["Sandbox:Quotas:QueuedJobs"] = $"{perTenant}";
        await Node.Start();
        var (first, _, exec) = await Running();
        var second = await Submit();
        var stored = Node.States.Stored.Count;
        var refused = JobId.New();
        var reply = await Node.Job(refused).Submit(Alice, Spec(), "fingerprint", Patience.Token);
        Assert.Equal(code, reply.Refusal?.Code);
        Assert.NotNull(reply.Refusal?.RetryAfter);
        Assert.Equal(stored, Node.States.Stored.Count);
        Assert.Equal(RefusalCodes.NotFound, (await RefusedGet(refused)).Code);
        await Cancel(second);
        exec.Exit();
        await Ended(first);
    }

    [Fact]
    public async Task Submit_RefusedBefore_IsAcceptedUnderTheSameKeyLater()
    {
        (Node.Slots, Node.QueueLength) = (1, 0);
        await Node.Start();
        var (first, _, exec) = await Running();
        var id = JobId.New();
        Assert.NotNull((await Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token)).Refusal);
        exec.Exit();
        await Ended(first);
        await Node.Idle();
        Assert.False((await Node.Job(id).Submit(Alice, Spec(), "fingerprint", Patience.Token)).Value!.Replayed);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Submit_BurstOfOneTenant_DoesNotHoldAnotherBack()
    {
        Node.Slots = 1;
        await Node.Start();
        var (running, _, exec) = await Running();
        var burst = new[] { await Submit(), await Submit() };
        var other = JobId.New();
        await Node.Job(other).Submit(new Caller("other", "bob", Roles.Member), Spec() with { Code = "other" }, "fingerprint", Patience.Token);
        var order = new List<string>();
        exec.Exit();
        for (var i = 0; i < 3; i++)
        {
            var next = await (await Node.Runtime.Next()).NextExec();
            order.Add(next.Code);
            next.Exit();
        }

        Assert.Equal(["print(1)", "other", "print(1)"], order);
        foreach (var id in burst.Append(running))
            await Ended(id);
    }

    [Fact]
    public async Task Prepare_SandboxCannotBeMadeAtFirst_IsTriedAgain()
    {
        Node.Runtime.Faults = 2;
        await Node.Start();
        var id = await Submit();
        await Node.Time.Pass(RetryDelay);
        await Node.Time.Pass(RetryDelay);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal((JobStatus.Succeeded, 1), ((await Ended(id)).Status, (await View(id)).Attempts));
    }

    [Fact]
    public async Task Prepare_SandboxCannotBeMadeAtAll_FailsToStart()
    {
        Node.Runtime.Faults = 3;
        await Node.Start();
        var id = await Submit();
        for (var i = 0; i < 3; i++)
            await Node.Time.Pass(RetryDelay);
        var job = await Ended(id);
        Assert.Equal((JobStatus.Failed, JobCauses.StartFailed, 0), (job.Status, job.Cause, job.Attempts));
        Assert.Null(job.Node);
    }
}
