using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class JobStateTests
{
    private static readonly JobStatus[] All = Enum.GetValues<JobStatus>();

    // Everything that is not in this list must be refused.
    private static readonly (JobStatus From, JobStatus To)[] Allowed =
    [
        (JobStatus.Queued, JobStatus.Running),
        (JobStatus.Queued, JobStatus.Cancelled),
        (JobStatus.Queued, JobStatus.Failed),
        (JobStatus.Running, JobStatus.Queued),
        (JobStatus.Running, JobStatus.Succeeded),
        (JobStatus.Running, JobStatus.Failed),
        (JobStatus.Running, JobStatus.Cancelled),
        (JobStatus.Running, JobStatus.TimedOut),
    ];

    public static TheoryData<JobStatus, JobStatus, bool> Transitions()
    {
        var data = new TheoryData<JobStatus, JobStatus, bool>();
        foreach (var from in All)
        {
            foreach (var to in All)
                data.Add(from, to, Allowed.Contains((from, to)));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Transitions))]
    public void Transition_OfEveryPair_IsAsListed(JobStatus from, JobStatus to, bool allowed)
    {
        var state = In(from);
        if (allowed)
        {
            Assert.Equal(to, Move(state, to).Status);
            return;
        }

        var refused = Assert.Throws<InvalidOperationException>(() => Move(state, to));
        Assert.Contains(state.Id, refused.Message, StringComparison.Ordinal);
        Assert.Contains(from.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains(to.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ended_EveryState_IsTrueForThoseWithoutAWayOut()
    {
        foreach (var status in All)
            Assert.Equal(!Allowed.Any(pair => pair.From == status), In(status).Ended);
        Assert.False(new JobState().Ended);
    }

    [Fact]
    public void Start_Queued_AddsAnAttemptAndLeavesTheOldStateAlone()
    {
        var queued = Queued();
        var running = queued.Start(Box, Now);
        Assert.Equal([new JobAttempt(1, Box, Now, null)], running.Attempts);
        Assert.Empty(queued.Attempts);
        Assert.Equal(JobStatus.Queued, queued.Status);
    }

    [Fact]
    public void Start_AfterRequeue_NumbersOn()
    {
        var state = Running(2).Requeue(Now.AddSeconds(2)).Start("sbx_2", Now.AddSeconds(3));
        Assert.Equal([1, 2], state.Attempts.Select(attempt => attempt.Number));
        Assert.Equal([Now.AddSeconds(2), null], state.Attempts.Select(attempt => attempt.EndedAt));
    }

    [Fact]
    public void End_Running_KeepsOutcomeAndTimes()
    {
        var outcome = Outcome(JobStatus.Failed, JobCauses.ExitCode);
        var ended = Running().End(outcome, Now.AddSeconds(9));
        Assert.Same(outcome, ended.Outcome);
        Assert.Equal((Now.AddSeconds(9), Now.AddSeconds(9)), (ended.FinishedAt, ended.LastAttempt!.EndedAt));
    }

    [Fact]
    public void End_QueuedAgain_DoesNotTouchTheEndOfTheLostAttempt()
    {
        var ended = Running(2).Requeue(Now.AddSeconds(2)).End(Outcome(JobStatus.Cancelled), Now.AddSeconds(9));
        Assert.Equal(Now.AddSeconds(2), ended.LastAttempt!.EndedAt);
    }

    [Theory]
    [InlineData(JobCauses.NodeLost, 1, false)]
    [InlineData(JobCauses.NodeLost, 2, true)]
    [InlineData(JobCauses.OutOfMemory, 2, false)]
    [InlineData(JobCauses.ExitCode, 2, false)]
    [InlineData(JobCauses.Timeout, 2, false)]
    [InlineData(JobCauses.StartFailed, 2, false)]
    [InlineData(null, 2, false)]
    public void MayRetry_FirstAttempt_OnlyWhenLostAndMoreAreAllowed(string? cause, int maxAttempts, bool expected) =>
        Assert.Equal(expected, Running(maxAttempts).MayRetry(Outcome(JobStatus.Failed, cause)));

    [Fact]
    public void MayRetry_LastAllowedAttempt_IsFalse() =>
        Assert.False(Running(2).Requeue(Now).Start(Box, Now).MayRetry(JobOutcome.Lost));

    [Fact]
    public void ToRow_EveryState_NamesTheSandboxOnlyWhileRunning()
    {
        foreach (var status in All)
        {
            var row = In(status).ToRow();
            Assert.Equal(status == JobStatus.Running ? Box : null, row.SandboxId);
            Assert.Equal((Id, "tenant", "node", status), (row.Id, row.TenantId, row.Node, row.View.Status));
            Assert.Null(row.View.Stdout);
        }
    }

    [Fact]
    public void ToRow_QueuedAgain_NamesNoSandbox() => Assert.Null(Running(2).Requeue(Now).ToRow().SandboxId);

    [Fact]
    public void ToRow_NoJob_Throws() => Assert.Throws<InvalidOperationException>(() => new JobState().ToRow());

    private static JobState In(JobStatus status) => status switch
    {
        JobStatus.Queued => Queued(),
        JobStatus.Running => Running(),
        _ => Running().End(Outcome(status), Now),
    };

    private static JobState Move(JobState state, JobStatus to) => to switch
    {
        JobStatus.Queued => state.Requeue(Now),
        JobStatus.Running => state.Start(Box, Now),
        _ => state.End(Outcome(to), Now),
    };
}
