using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Tests.Testing;
using static Sandbox.Grains.Tests.Workflows.Graphs;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class WorkflowRecoveryTests : WorkflowTest
{
    [Fact]
    public async Task Process_ThatEnds_LeavesAGraphThatTheNextOneGoesOnWith()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a"), Step("c", "b")));
        (await Next()).Exec.Exit();
        var (_, second) = await Next();
        await Node.Stop();
        second.Exit();
        await Node.Start();
        var (_, third) = await Next();
        Assert.Equal("c", third.Code);
        third.Exit();
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.Succeeded, "a:Succeeded b:Succeeded c:Succeeded"), (ended.Status, Shown(ended)));
        Assert.All(ended.Steps, step => Assert.Equal(1, step.Attempts));
        Assert.Equal(3, Node.Runtime.Made);
    }

    [Fact]
    public async Task Process_ThatEndsWhileAStepWaitsForItsNextAttempt_LeavesTheTimeToTheNextOne()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a") with { MaxAttempts = 2, BackoffSeconds = 30 }));
        (await Next()).Exec.Exit(1);
        await Node.Time.Begun(TimeSpan.FromSeconds(30));
        await Node.Stop();
        Node.Time.Advance(TimeSpan.FromSeconds(31));
        await Node.Start();
        (await Next()).Exec.Exit();
        Assert.Equal(WorkflowStatus.Succeeded, (await Ended(id)).Status);
    }

    [Fact]
    public async Task Process_ThatEndsWhileItStops_LeavesTheStoppingToTheNextOne()
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a")));
        await Next();
        Node.States.Fail(new StorageCall("job", Write: true), 3);
        await Node.Workflow(id).Cancel(Alice, Patience.Token);
        Assert.Equal(WorkflowStatus.Stopping, Durable(id)!.Status);
        await Node.Stop();
        Node.States.Fail(new StorageCall("job", Write: true), 0);
        await Node.Start();
        var ended = await Ended(id);
        Assert.Equal((WorkflowStatus.Cancelled, "a:Cancelled b:Skipped"), (ended.Status, Shown(ended)));
        Assert.Equal(1, Node.Runtime.Made);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Storage_ThatFailsWhileAStepEnds_LosesNothingAndRunsNothingTwice(bool afterCommit)
    {
        await Node.Start();
        var id = await Submit(Graph(Step("a"), Step("b", "a")));
        var (_, first) = await Next();
        Node.States.Fail(new StorageCall("workflow", Write: true, afterCommit));
        first.Exit();
        await Node.Time.Pass(RetryDelay);
        // The second report finds another version than the grain knows of; the third one finds a grain that has read it.
        if (afterCommit)
            await Node.Time.Pass(2 * RetryDelay);
        var (_, second) = await Next();
        Assert.Equal("b", second.Code);
        second.Exit();
        Assert.Equal(WorkflowStatus.Succeeded, (await Ended(id)).Status);
        Assert.True(Node.States.FaultsHappened);
        Assert.Equal(2, Node.Runtime.Made);
    }

    [Theory]
    [InlineData("workflow")]
    [InlineData("workflow-input")]
    public async Task Storage_ThatFailsWhenItIsSubmitted_LeavesNothing(string state)
    {
        await Node.Start();
        Node.States.Fail(new StorageCall(state, Write: true));
        var id = WorkflowId.New();
        await Assert.ThrowsAnyAsync<Exception>(() => Node.Workflow(id).Submit(Alice, Graph(Step("a")), "fingerprint", Patience.Token));
        Assert.Empty(Node.States.Stored);
        Assert.Equal(0, Node.Runtime.Made);
        Assert.NotNull((await Node.Workflow(id).Submit(Alice, Graph(Step("a")), "fingerprint", Patience.Token)).Value);
        (await Next()).Exec.Exit();
        await Ended(id);
    }
}
