using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class JobTimelineTests
{
    [Fact]
    public void Ids_OverAttempts_Rise()
    {
        long[] ids =
        [
            OutputEventIds.Submitted,
            OutputEventIds.Started(1), OutputEventIds.Output(1, 1), OutputEventIds.Output(1, long.MaxValue), OutputEventIds.Requeued(1),
            OutputEventIds.Started(2), OutputEventIds.Output(2, 1), OutputEventIds.Output(2, uint.MaxValue), OutputEventIds.Ended(2),
            OutputEventIds.Started(int.MaxValue),
        ];
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.True(OutputEventIds.Ended(0) > OutputEventIds.Submitted);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 70000)]
    public void Ids_OfOutput_GiveAttemptAndSequenceBack(int attempt, long sequence)
    {
        var id = OutputEventIds.Output(attempt, sequence);
        Assert.Equal((attempt, sequence), (OutputEventIds.AttemptOf(id), OutputEventIds.SequenceOf(id)));
    }

    [Fact]
    public void Of_CancelledBeforeItsStart_IsSubmittedAndEnded() => Assert.Equal(
        [
            (OutputEventIds.Submitted, """{"status":"queued"}"""),
            (OutputEventIds.Ended(0), """{"status":"cancelled","cause":"cancelled"}"""),
        ],
        Texts(JobTimeline.Of(Queued().End(Outcome(JobStatus.Cancelled, JobCauses.Cancelled), Now))));

    [Fact]
    public void Of_TwoAttempts_ShowsTheRequeue()
    {
        var state = Running(2).Requeue(Now).Start(Box, Now)
            .End(new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.Signal, Signal = "SIGSEGV" }, Now);
        Assert.Equal(
            [
                (OutputEventIds.Submitted, """{"status":"queued"}"""),
                (OutputEventIds.Started(1), """{"status":"running","attempt":1}"""),
                (OutputEventIds.Requeued(1), """{"status":"queued"}"""),
                (OutputEventIds.Started(2), """{"status":"running","attempt":2}"""),
                (OutputEventIds.Ended(2), """{"status":"failed","cause":"signal","signal":"SIGSEGV"}"""),
            ],
            Texts(JobTimeline.Of(state)));
    }

    [Fact]
    public void Of_WaitingForItsSecondAttempt_EndsWithTheRequeue() =>
        Assert.Equal(OutputEventIds.Requeued(1), JobTimeline.Of(Running(2).Requeue(Now)).Last().Id);

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
        OutputEvent[] output = [Piece(1, 1, "a"), Piece(1, 2, "b")];
        var all = JobTimeline.Merge(state, output, 0).Select(entry => entry.Id).ToList();
        for (var i = 0; i < all.Count; i++)
            Assert.Equal(all[(i + 1)..], JobTimeline.Merge(state, output, all[i]).Select(entry => entry.Id));
    }

    private static IEnumerable<(long Id, string Text)> Texts(IEnumerable<OutputEvent> events) =>
        events.Select(entry => (entry.Id, Encoding.UTF8.GetString(entry.Data)));
}
