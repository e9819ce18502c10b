using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Tests.Testing;
using Sandbox.Protocol;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class StorageFaultTests : NodeTest
{
    [Theory]
    [InlineData("job", false)]
    [InlineData("job-input", false)]
    [InlineData("job", true)]
    [InlineData("job-input", true)]
    public async Task Submit_WriteFails_IsNotAcknowledgedAndCanBeRepeated(string state, bool pooled)
    {
        Node.Pooled = pooled;
        await Node.Start();
        if (pooled)
        {
            await Node.Runtime.Next();
            await Node.Runtime.Next();
            while (!Node.Runtime.Live.All(sandbox => sandbox.Deadline is not null) && !Patience.Token.IsCancellationRequested)
                await Task.Yield();
        }

        Node.States.Fail(new StorageCall(state, Write: true));
        var id = JobId.New();
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Job(id).Submit(Alice, LongSpec(), "fingerprint", Patience.Token));
        Assert.Empty(Node.States.Stored);
        Assert.Equal((0, 0), (Node.Admission.Running, Node.Admission.Queued));
        if (pooled)
            return;
        var reply = await Node.Job(id).Submit(Alice, LongSpec(), "fingerprint", Patience.Token);
        Assert.False(reply.Value!.Replayed);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Submit_ShortInput_IsOneWriteAndGoneAtTheEnd()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        Assert.Equal("print(1)", Durable(id)!.ShortInput!.Spec!.Code);
        Assert.Equal([id.ToString()], Node.States.Stored.Select(state => state.Key));
        exec.Exit();
        await Ended(id);
        Assert.Null(Durable(id)!.ShortInput);
    }

    [Fact]
    public async Task Submit_HalfWrittenAndNotTakenBack_EndsAsLostAndNeverRuns()
    {
        await Node.Start();
        Node.States.Fail(new StorageCall("job-input", Write: true));
        Node.States.Fail(new StorageCall("job", Write: false));
        var id = JobId.New();
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Job(id).Submit(Alice, LongSpec(), "fingerprint", Patience.Token));
        var job = await Ended(id);
        Assert.Equal((JobStatus.Failed, JobCauses.NodeLost), (job.Status, job.Cause));
        Assert.Equal(0, Node.Runtime.Made);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_WriteFails_TheCodeRunsOnceAndOnlyWhenItIsDurable(bool afterCommit)
    {
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        var id = await Submit();
        Node.States.Fail(new StorageCall("job", Write: true, afterCommit), times: afterCommit ? 1 : 2);
        Node.Runtime.Hold.SetResult();
        var sandbox = await Node.Runtime.Next();
        await Node.Time.Begun(RetryDelay);
        Assert.Empty(sandbox.ExecIds);
        Node.Time.Advance(RetryDelay);
        // The second time it fails again, or meets the version that was written the first time.
        await Node.Time.Pass(RetryDelay * 2);
        var exec = await sandbox.NextExec();
        Assert.Equal(sandbox.Id.ToString(), Durable(id)!.LastAttempt!.SandboxId);
        exec.Print("once");
        exec.Exit();
        Assert.Equal((JobStatus.Succeeded, "once", 1), ((await Ended(id)).Status, (await View(id)).Stdout, (await View(id)).Attempts));
        Assert.Single(sandbox.ExecIds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_WriteFails_IsToldWhenItIsDurableAndTheSandboxStaysUntilThen(bool afterCommit)
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running();
        Node.States.Fail(new StorageCall("job", Write: true, afterCommit));
        exec.Print("kept");
        exec.Exit();
        await Node.Time.Begun(RetryDelay);
        Assert.False(sandbox.Dead);
        Assert.Equal(JobStatus.Running, (await View(id)).Status);
        Node.Time.Advance(RetryDelay);
        // After a write that was durable and reported as failed, the versions differ until the state is read anew.
        if (afterCommit)
            await Node.Time.Pass(RetryDelay * 2);
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, "kept", 1), (job.Status, job.Stdout, job.Attempts));
        Assert.Equal(JobStatus.Succeeded, Durable(id)!.Status);
    }

    [Fact]
    public async Task End_InputCannotBeRemoved_TheJobIsOverAllTheSameAndDeletingTakesIt()
    {
        await Node.Start();
        var (id, _, exec) = await Running(LongSpec());
        Node.States.Fail(new StorageCall("job-input", Write: false));
        exec.Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(id)).Status);
        await Node.Idle();
        Assert.True(Node.States.FaultsHappened);
        await Node.Job(id).Delete(Alice, Patience.Token);
        Assert.Empty(Node.States.Stored);
    }

    [Fact]
    public async Task Cancel_WriteFails_IsNotAcknowledgedAndTheQueuedJobStillRuns()
    {
        Node.Slots = 1;
        await Node.Start();
        var (first, _, exec) = await Running();
        var second = await Submit();
        Node.States.Fail(new StorageCall("job", Write: true));
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Job(second).Cancel(Alice, Patience.Token));
        Assert.Equal(JobStatus.Queued, Durable(second)!.Status);
        exec.Exit();
        await Ended(first);
        (await (await Node.Runtime.Next()).NextExec()).Exit();
        Assert.Equal(JobStatus.Succeeded, (await Ended(second)).Status);
    }

    [Fact]
    public async Task Cancel_InputCannotBeRemoved_GivesThePlaceInTheQueueBack()
    {
        Node.Slots = 1;
        await Node.Start();
        var (first, _, exec) = await Running(LongSpec());
        var second = await Submit(LongSpec());
        Node.States.Fail(new StorageCall("job-input", Write: false));
        Assert.Equal(JobStatus.Cancelled, (await Cancel(second)).Status);
        Assert.Equal(0, Node.Admission.Queued);
        exec.Exit();
        await Ended(first);
    }

    [Fact]
    public async Task Requeue_WriteFails_IsRepeatedAndRunsTheSecondAttemptOnce()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running(Spec(maxAttempts: 2));
        exec.Print("lost");
        await Events(id, count: 3);
        Node.States.Fail(new StorageCall("job", Write: true));
        sandbox.Die();
        await Node.Time.Pass(RetryDelay);
        var second = await (await Node.Runtime.Next()).NextExec();
        second.Print("kept");
        second.Exit();
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, "kept", 2), (job.Status, job.Stdout, job.Attempts));
        Assert.Equal("lostkept", Text(await Events(id)));
        Assert.Equal(2, Node.Runtime.Made);
    }

    [Fact]
    public async Task Output_StoreFails_IsStoredLaterAndNotAcknowledgedBefore()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        var large = new string('x', 300 * 1024);
        Node.Outputs.Faults = 1;
        exec.Print(large);
        await Node.Time.Begun(RetryDelay);
        Assert.NotNull(exec.After(0).Piece);
        Node.Time.Advance(RetryDelay);
        await exec.Acknowledged(1);
        exec.Exit();
        var job = await Ended(id);
        Assert.Equal((JobStatus.Succeeded, large), (job.Status, job.Stdout));
    }

    [Fact]
    public async Task Artifacts_StoreFails_CostsTheFileAndNotTheOutcome()
    {
        await Node.Start();
        var (id, sandbox, exec) = await Running(Spec() with { Artifacts = ["a", "b"] });
        sandbox.Files["/workspace/a"] = [1];
        sandbox.Files["/workspace/b"] = [2];
        Node.Artifacts.Faults = 1;
        exec.Exit();
        var job = await Ended(id);
        Assert.Equal(JobStatus.Succeeded, job.Status);
        Assert.Equal(("b", new SkippedArtifact("a", AgentErrors.Io)), (Assert.Single(job.Artifacts).Name, Assert.Single(job.SkippedArtifacts)));
    }
}
