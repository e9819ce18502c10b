using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Abstractions.Workflows;
using Sandbox.Grains.Workflows;
using static Sandbox.Grains.Tests.Workflows.Graphs;

namespace Sandbox.Grains.Tests.Workflows;

public sealed class WorkflowStateTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly StepOutcome Failed = new(WorkflowStepStatus.Failed, "exit_code") { MayRetry = true };

    private static readonly StepOutcome Succeeded = new(WorkflowStepStatus.Succeeded);

    [Fact]
    public void Step_InEachState_MayBecomeOnlyWhatFollows()
    {
        var allowed = new Dictionary<WorkflowStepStatus, WorkflowStepStatus[]>
        {
            [WorkflowStepStatus.Pending] = [WorkflowStepStatus.Running, WorkflowStepStatus.Skipped],
            [WorkflowStepStatus.Running] = [WorkflowStepStatus.Retrying, WorkflowStepStatus.Succeeded, WorkflowStepStatus.Failed, WorkflowStepStatus.Cancelled, WorkflowStepStatus.TimedOut],
            [WorkflowStepStatus.Retrying] = [WorkflowStepStatus.Running, WorkflowStepStatus.Cancelled],
        };
        foreach (var from in Enum.GetValues<WorkflowStepStatus>())
        {
            foreach (var to in Enum.GetValues<WorkflowStepStatus>())
            {
                var step = new WorkflowStepState { Id = "a", Status = from };
                if (allowed.GetValueOrDefault(from, []).Contains(to))
                    Assert.Equal(to, step.MoveTo(to, null, 2, Now).Status);
                else
                    Assert.Throws<InvalidOperationException>(() => step.MoveTo(to, null, 2, Now));
            }
        }
    }

    [Fact]
    public void Attempt_ThatFailed_IsTriedAgainUntilItsAttemptsAreUsedUp()
    {
        var state = State(Step("a") with { MaxAttempts = 2, BackoffSeconds = 5 }).Start(0, Now).EndAttempt(0, Failed, Now);
        Assert.Equal((WorkflowStepStatus.Retrying, Now.AddSeconds(5)), (state.Steps[0].Status, state.Steps[0].RetryAt));
        Assert.Empty(WorkflowScheduler.DueAgain(state, Now.AddSeconds(4)));
        Assert.Equal([0], WorkflowScheduler.DueAgain(state, Now.AddSeconds(5)));
        Assert.Equal(Now.AddSeconds(5), WorkflowScheduler.NextDue(state));
        state = state.Start(0, Now).EndAttempt(0, Failed, Now);
        Assert.Equal((WorkflowStepStatus.Failed, WorkflowStatus.Stopping, 2), (state.Steps[0].Status, state.Status, state.Steps[0].Attempts));
        Assert.Equal(WorkflowStatus.Failed, state.End(Now).Status);
    }

    [Fact]
    public void Attempt_ThatFailedForGood_OrInAWorkflowThatStops_IsNotTriedAgain()
    {
        var begun = State(Step("a") with { MaxAttempts = 5 }).Start(0, Now);
        Assert.Equal(WorkflowStepStatus.Failed, begun.EndAttempt(0, Failed with { MayRetry = false }, Now).Steps[0].Status);
        Assert.Equal(WorkflowStepStatus.Failed, begun.Stop(WorkflowStatus.Cancelled, "cancelled").EndAttempt(0, Failed, Now).Steps[0].Status);
    }

    [Fact]
    public void Stop_ForASecondReason_KeepsTheFirst()
    {
        var state = State(Step("a")).Stop(WorkflowStatus.TimedOut, "timeout").Stop(WorkflowStatus.Cancelled, "cancelled");
        Assert.Equal((WorkflowStatus.TimedOut, "timeout"), (state.StopsAs, state.Cause));
        Assert.Throws<InvalidOperationException>(() => State(Step("a")).End(Now).Stop(WorkflowStatus.Cancelled, "cancelled"));
    }

    [Fact]
    public void End_WhereAStepFailedAndOthersWentOn_IsAFailure()
    {
        var state = (State(Step("a"), Step("b")) with { OnFailure = FailureModes.Continue }).Start(0, Now).Start(1, Now);
        state = state.EndAttempt(0, Failed, Now).EndAttempt(1, Succeeded, Now).End(Now);
        Assert.Equal((WorkflowStatus.Failed, WorkflowCauses.StepFailed), (state.Status, state.Cause));
        Assert.Equal(Enumerable.Range(1, 6).Select(number => (long)number), WorkflowTimeline.Read(state, 0).Events.Select(entry => entry.Id));
    }

    [Theory]
    [InlineData(1, 2, 2)]
    [InlineData(3, 2, 8)]
    [InlineData(10, 2, 600)]
    [InlineData(10, 0, 0)]
    public void Backoff_Doubles_UpToTenMinutes(int attempts, double seconds, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), WorkflowScheduler.Backoff(attempts, seconds));

    private static WorkflowState State(params WorkflowStepSpec[] steps) =>
        WorkflowState.Submit(WorkflowId.New(), new Caller("tenant", "alice", Roles.Member), Graph(steps), "f", [.. steps.Select(_ => "alice")], "node", Now);
}
