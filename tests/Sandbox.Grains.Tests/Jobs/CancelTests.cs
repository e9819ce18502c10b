using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Tests.Testing;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class CancelTests : NodeTest
{
    [Fact]
    public async Task Cancel_Queued_LeavesTheQueueAndNeverRuns()
    {
        Node.Slots = 1;
        await Node.Start();
        var (first, _, exec) = await Running();
        var second = await Submit();
        var job = await Cancel(second);
        Assert.Equal((JobStatus.Cancelled, JobCauses.Cancelled, 0), (job.Status, job.Cause, job.Attempts));
        Assert.Equal(0, Node.Admission.Queued);
        exec.Exit();
        await Ended(first);
        await Node.Idle();
        Assert.Equal(1, Node.Runtime.Made);
    }

    [Fact]
    public async Task Cancel_WhileItsSandboxIsMade_TheSandboxIsDestroyedUnused()
    {
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        var id = await Submit();
        await Node.Runtime.NextAsked();
        Assert.Equal(JobStatus.Cancelled, (await Cancel(id)).Status);
        Node.Runtime.Hold.SetResult();
        var sandbox = await Node.Runtime.Next();
        await Node.Idle();
        Assert.True(sandbox.Dead);
        Assert.Empty(sandbox.ExecIds);
        Assert.Equal(JobStatus.Cancelled, Durable(id)!.Status);
    }

    [Fact]
    public async Task Cancel_Running_KeepsTheOutputSoFar()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Print("partial");
        await Events(id, count: 3);
        var job = await Cancel(id);
        Assert.Equal((JobStatus.Cancelled, JobCauses.Cancelled, "partial"), (job.Status, job.Cause, job.Stdout));
        Assert.Equal("partial", (await View(id)).Stdout);
        Assert.Equal(OutputEventKinds.End, (await Events(id))[^1].Kind);
    }

    [Fact]
    public async Task Cancel_AgentThatNeverAnswers_DoesNotWaitForIt()
    {
        Node.Runtime.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Node.Start();
        var id = JobId.New();
        var left = LeftRunning(id);
        left.Mute = true;
        await Node.Stop();
        await Node.Start();
        await left.NextConnection();
        Assert.Equal(JobStatus.Cancelled, (await Cancel(id)).Status);
    }

    [Fact]
    public async Task Cancel_OutputStoreThatIsDown_DoesNotWaitForIt()
    {
        var id = JobId.New();
        LeftRunning(id);
        Node.Outputs.Faults = 1;
        await Node.Start();
        await Node.Time.Begun(RetryDelay);
        Assert.Equal(JobStatus.Cancelled, (await Cancel(id)).Status);
    }

    [Fact]
    public async Task Cancel_Ended_ChangesNothing()
    {
        await Node.Start();
        var (id, _, exec) = await Running();
        exec.Exit(3);
        await Ended(id);
        var job = await Cancel(id);
        Assert.Equal((JobStatus.Failed, 3), (job.Status, job.ExitCode));
    }

    [Fact]
    public async Task Cancel_Twice_AnswersTheSame()
    {
        await Node.Start();
        var (id, _, _) = await Running();
        var first = await Cancel(id);
        var second = await Cancel(id);
        Assert.Equal((JobStatus.Cancelled, first.FinishedAt), (second.Status, second.FinishedAt));
    }

    [Fact]
    public async Task Cancel_WithAReaderWaiting_TellsIt()
    {
        await Node.Start();
        var (id, _, _) = await Running();
        var waiting = Node.Job(id).Get(Alice, Long, Patience.Token);
        await Node.Time.Begun(Long);
        await Cancel(id);
        Assert.Equal(JobStatus.Cancelled, (await waiting).Value!.Status);
    }

    private ScriptedSandbox LeftRunning(JobId id)
    {
        var sandbox = Node.Runtime.Leave(Sandbox.Runtime.SandboxId.New());
        Seeds.Running(Node, id, Spec(), sandbox.Id);
        return sandbox;
    }
}
