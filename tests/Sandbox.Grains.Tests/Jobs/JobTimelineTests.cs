using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Jobs;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class JobTimelineTests
{
    [Fact]
    public void Ids_OverAttempts_Rise()
    {
        long[] ids =
        [
            JobEventIds.Submitted,
            JobEventIds.Started(1), JobEventIds.Output(1, 1), JobEventIds.Output(1, long.MaxValue), JobEventIds.Requeued(1),
            JobEventIds.Started(2), JobEventIds.Output(2, 1), JobEventIds.Output(2, uint.MaxValue), JobEventIds.Ended(2),
            JobEventIds.Started(int.MaxValue),
        ];
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.True(JobEventIds.Ended(0) > JobEventIds.Submitted);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 70000)]
    public void Ids_OfOutput_GiveAttemptAndSequenceBack(int attempt, long sequence)
    {
        var id = JobEventIds.Output(attempt, sequence);
        Assert.Equal((attempt, sequence), (JobEventIds.AttemptOf(id), JobEventIds.SequenceOf(id)));
    }

    [Fact]
    public void Of_CancelledBeforeItsStart_IsSubmittedAndEnded() => Assert.Equal(
        [
            (JobEventIds.Submitted, """{"status":"queued"}"""),
            (JobEventIds.Ended(0), """{"status":"cancelled","cause":"cancelled"}"""),
        ],
        Texts(JobTimeline.Of(Queued().End(Outcome(JobStatus.Cancelled, JobCauses.Cancelled), Now))));

    [Fact]
    public void Of_TwoAttempts_ShowsTheRequeue()
    {
        var state = Running(2).Requeue(Now).Start(Box, Now)
            .End(new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.Signal, Signal = "SIGSEGV" }, Now);
        Assert.Equal(
            [
                (JobEventIds.Submitted, """{"status":"queued"}"""),
                (JobEventIds.Started(1), """{"status":"running","attempt":1}"""),
                (JobEventIds.Requeued(1), """{"status":"queued"}"""),
                (JobEventIds.Started(2), """{"status":"running","attempt":2}"""),
                (JobEventIds.Ended(2), """{"status":"failed","cause":"signal","signal":"SIGSEGV"}"""),
            ],
            Texts(JobTimeline.Of(state)));
    }

    [Fact]
    public void Of_WaitingForItsSecondAttempt_EndsWithTheRequeue() =>
        Assert.Equal(JobEventIds.Requeued(1), JobTimeline.Of(Running(2).Requeue(Now)).Last().Id);

    [Fact]
    public void Of_ExitCode_IsInTheEnd()
    {
        var state = Running().End(new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.ExitCode, ExitCode = 3 }, Now);
        Assert.Equal("""{"status":"failed","cause":"exit_code","exitCode":3}""", Texts(JobTimeline.Of(state)).Last().Text);
    }

    [Fact]
    public void Merge_Output_StandsBetweenTheEventsOfItsAttempt()
    {
        var state = Running(2).Requeue(Now).Start(Box, Now).End(Outcome(JobStatus.Succeeded), Now);
        var merged = JobTimeline.Merge(state, [Piece(1, 1, "a"), Piece(2, 1, "b"), Piece(2, 2, "c")], 0);
        Assert.Equal(
            ["status", "status", "stdout", "status", "status", "stdout", "stdout", "end"],
            merged.Select(entry => entry.Kind));
        Assert.Equal(merged.OrderBy(entry => entry.Id), merged);
    }

    [Fact]
    public void Merge_AfterAnyId_IsTheRestOfTheWhole()
    {
        var state = Running().End(Outcome(JobStatus.Succeeded), Now);
        JobEvent[] output = [Piece(1, 1, "a"), Piece(1, 2, "b")];
        var all = JobTimeline.Merge(state, output, 0).Select(entry => entry.Id).ToList();
        for (var i = 0; i < all.Count; i++)
            Assert.Equal(all[(i + 1)..], JobTimeline.Merge(state, output, all[i]).Select(entry => entry.Id));
    }

    private static IEnumerable<(long Id, string Text)> Texts(IEnumerable<JobEvent> events) =>
        events.Select(entry => (entry.Id, Encoding.UTF8.GetString(entry.Data)));
}
