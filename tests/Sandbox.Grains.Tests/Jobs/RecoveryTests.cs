using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;
using Sandbox.Runtime;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class RecoveryTests : NodeTest
{
    private readonly JobId _id = JobId.New();
    private readonly SandboxId _sandbox = SandboxId.New();

    [Fact]
    public async Task Start_RunThatGoesOn_AttachesFromTheLastStoredSequence()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var exec = Node.Runtime.Leave(_sandbox).Started($"{_id}-1");
        exec.Print("1");
        exec.Print("2");
        exec.Print("3");
        await Node.Outputs.Append(_id.ToString(), [Piece(1, 1, "1"), Piece(1, 2, "2")], Patience.Token);
        exec.Acknowledge(2);
        await Node.Start();
        exec.Print("4");
        exec.Exit();
        var job = await Ended(_id);
        Assert.Equal((JobStatus.Succeeded, "1234", 1), (job.Status, job.Stdout, job.Attempts));
        Assert.Equal("1234", Text(await Events(_id)));
        Assert.Equal(0, Node.Runtime.Made);
    }

    [Fact]
    public async Task Start_RunThatEndedMeanwhile_TakesItsResult()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var exec = Node.Runtime.Leave(_sandbox).Started($"{_id}-1");
        exec.Print("all");
        exec.Exit(5);
        await Node.Start();
        var job = await Ended(_id);
        Assert.Equal((JobStatus.Failed, 5, "all"), (job.Status, job.ExitCode, job.Stdout));
    }

    [Fact]
    public async Task Start_MemoryKillWhileNoProcessWatched_IsStillTheCause()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var sandbox = Node.Runtime.Leave(_sandbox);
        sandbox.Usage = sandbox.Usage with { OomKills = 1 };
        sandbox.Started($"{_id}-1").End(new ExecResult(null, 9, ExecEnd.Program, 0, 0, false, false, false, null));
        await Node.Start();
        Assert.Equal(JobCauses.OutOfMemory, (await Ended(_id)).Cause);
    }

    [Fact]
    public async Task Start_RunThatWasNeverStarted_StartsItOnce()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var sandbox = Node.Runtime.Leave(_sandbox);
        await Node.Start();
        var exec = await sandbox.NextExec();
        Assert.Equal("print(1)", exec.Code);
        exec.Exit();
        Assert.Equal((JobStatus.Succeeded, 1), ((await Ended(_id)).Status, (await View(_id)).Attempts));
        Assert.Equal([$"{_id}-1"], sandbox.ExecIds);
    }

    [Fact]
    public async Task Start_SandboxGone_IsLostAndKeepsTheStoredOutput()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        await Node.Outputs.Append(_id.ToString(), [Piece(1, 1, "before")], Patience.Token);
        await Node.Start();
        var job = await Ended(_id);
        Assert.Equal((JobStatus.Failed, JobCauses.NodeLost, "before"), (job.Status, job.Cause, job.Stdout));
        Assert.Equal(0, Node.Runtime.Made);
    }

    [Fact]
    public async Task Start_SandboxGoneAndMoreAttemptsAllowed_RunsAgainAndShowsTheSecondOutput()
    {
        Seeds.Running(Node, _id, Spec(maxAttempts: 2), _sandbox);
        await Node.Outputs.Append(_id.ToString(), [Piece(1, 1, "first")], Patience.Token);
        await Node.Start();
        var exec = await (await Node.Runtime.Next()).NextExec();
        exec.Print("second");
        exec.Exit();
        var job = await Ended(_id);
        Assert.Equal((JobStatus.Succeeded, "second", 2), (job.Status, job.Stdout, job.Attempts));
        var events = await Events(_id);
        Assert.Equal(["status", "status", "stdout", "status", "status", "stdout", "end"], events.Select(entry => entry.Kind));
        Assert.Equal("firstsecond", Text(events));
    }

    [Fact]
    public async Task Start_LastAttemptLostToo_IsLost()
    {
        Seeds.Running(Node, _id, Spec(maxAttempts: 2), _sandbox);
        await Node.Start();
        var sandbox = await Node.Runtime.Next();
        await sandbox.NextExec();
        sandbox.Die();
        Assert.Equal((JobStatus.Failed, JobCauses.NodeLost, 2), ((await Ended(_id)).Status, (await View(_id)).Cause, (await View(_id)).Attempts));
    }

    [Fact]
    public async Task Start_QueuedJobs_AreTakenUpWithinTheSlots()
    {
        Node.Slots = 1;
        JobId[] ids = [_id, JobId.New(), JobId.New()];
        foreach (var id in ids)
            Seeds.Queued(Node, id, Spec());
        await Node.Start();
        for (var i = 0; i < ids.Length; i++)
        {
            var exec = await (await Node.Runtime.Next()).NextExec();
            Assert.Single(Node.Runtime.Live);
            exec.Exit();
        }

        foreach (var id in ids)
            Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Start_SandboxesThatNoJobClaims_AreSwept()
    {
        var stale = Node.Runtime.Leave(SandboxId.New());
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var claimed = Node.Runtime.Leave(_sandbox);
        await Node.Start();
        Assert.True(stale.Dead);
        (await claimed.NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(_id)).Status);
    }

    [Fact]
    public async Task Start_OutputStoreDown_TriesAgainAndLosesNothing()
    {
        Seeds.Running(Node, _id, Spec(), _sandbox);
        var exec = Node.Runtime.Leave(_sandbox).Started($"{_id}-1");
        exec.Print("1");
        exec.Print("2");
        await Node.Outputs.Append(_id.ToString(), [Piece(1, 1, "1")], Patience.Token);
        exec.Acknowledge(1);
        exec.Exit();
        Node.Outputs.Faults = 1;
        await Node.Start();
        await Node.Time.Pass(RetryDelay);
        Assert.Equal((JobStatus.Succeeded, "12"), ((await Ended(_id)).Status, (await View(_id)).Stdout));
    }

    [Fact]
    public async Task Start_JobThatCannotBeTakenUp_DoesNotKeepTheOthersFromRunning()
    {
        Seeds.Queued(Node, _id, Spec());
        // Without its input it ends as lost, which the storage refuses once.
        var broken = JobId.New();
        Node.States.Seed("job", broken.ToString(), Queued() with { Id = broken.ToString(), TenantId = "tenant" });
        Node.States.Fail(new StorageCall("job", Write: true));
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        Assert.True(Node.States.FaultsHappened);
        Node.Runtime.Hold.SetResult();
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(_id)).Status);
        Assert.Equal(JobCauses.NodeLost, (await Ended(broken)).Cause);
    }

    [Fact]
    public async Task Stop_RunningJob_GoesOnInTheNextProcess()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        exec.Print("before ");
        await Events(id, count: 3);
        await Node.Stop();
        Assert.False(sandbox.Dead);
        exec.Print("between ");
        await Node.Start();
        exec.Print("after");
        exec.Exit();
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, "before between after", 1), (job.Status, job.Stdout, job.Attempts));
        Assert.Equal(1, Node.Runtime.Made);
    }

    [Fact]
    public async Task Deactivate_RunningJob_GoesOnInTheNextActivation()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        exec.Print("a");
        await Events(id, count: 3);
        await Node.Deactivate(id);
        Assert.Equal(JobStatus.Running, (await View(id)).Status);
        exec.Print("b");
        exec.Exit();
        Assert.Equal((JobStatus.Succeeded, "ab", 1), ((await Ended(id)).Status, (await View(id)).Stdout, (await View(id)).Attempts));
        Assert.Single(sandbox.ExecIds);
    }

    [Fact]
    public async Task Deactivate_WhileItsSandboxIsMade_RunsOnceWithinItsRoom()
    {
        Node.Slots = 1;
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        var id = await Submit();
        await Node.Runtime.NextAsked();
        await Node.Deactivate(id);
        Node.Runtime.Hold.SetResult();
        var first = await Node.Runtime.Next();
        Assert.NotEqual(JobStatus.Failed, (await View(id)).Status);
        var second = await Node.Runtime.Next();
        var exec = await await Task.WhenAny(first.NextExec(), second.NextExec());
        Assert.Equal(1, Node.Admission.Running);
        exec.Exit();
        Assert.Equal((JobStatus.Succeeded, 1), ((await Ended(id)).Status, (await View(id)).Attempts));
        Assert.Single(first.ExecIds.Concat(second.ExecIds));
    }
}
