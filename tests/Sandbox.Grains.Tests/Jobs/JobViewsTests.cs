using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Output;
using static Sandbox.Grains.Tests.Jobs.JobStates;

namespace Sandbox.Grains.Tests.Jobs;

public sealed class JobViewsTests
{
    [Fact]
    public void WithOutput_Streams_AreKeptApartAndInOrder()
    {
        var view = JobViews.WithOutput(Running(), [Piece(1, 1, "a"), Piece(1, 2, "x", OutputEventKinds.Stderr), Piece(1, 3, "b")]);
        Assert.Equal(("ab", "x"), (view.Stdout, view.Stderr));
    }

    [Fact]
    public void WithOutput_CharacterOverTwoPieces_IsWhole()
    {
        OutputEvent[] pieces =
        [
            new(OutputEventIds.Output(1, 1), OutputEventKinds.Stdout, [0xE2, 0x82]),
            new(OutputEventIds.Output(1, 2), OutputEventKinds.Stdout, [0xAC]),
        ];
        Assert.Equal("€", JobViews.WithOutput(Running(), pieces).Stdout);
    }

    [Fact]
    public void WithOutput_InvalidUtf8_IsReplacedAndTheRestKept()
    {
        var piece = new OutputEvent(OutputEventIds.Output(1, 1), OutputEventKinds.Stdout, [(byte)'a', 0xFF, 0, (byte)'b']);
        Assert.Equal("a\uFFFD\0b", JobViews.WithOutput(Running(), [piece]).Stdout);
    }

    [Fact]
    public void WithOutput_SeveralAttempts_ShowsTheLastOnly()
    {
        var view = JobViews.WithOutput(Running(), [Piece(1, 1, "lost"), Piece(1, 2, "1", OutputEventKinds.Result), Piece(2, 1, "kept")]);
        Assert.Equal(("kept", null), (view.Stdout, view.Result));
    }

    [Fact]
    public void WithOutput_Nothing_IsEmptyText()
    {
        var view = JobViews.WithOutput(Queued(), []);
        Assert.Equal((string.Empty, string.Empty, null), (view.Stdout, view.Stderr, view.Result));
        Assert.Equal((0, null, null), (view.Attempts, view.Node, view.StartedAt));
    }

    [Fact]
    public void WithOutput_Results_ShowsTheLastOne() => Assert.Equal(
        "2", JobViews.WithOutput(Running(), [Piece(1, 1, "1", OutputEventKinds.Result), Piece(1, 2, "2", OutputEventKinds.Result)]).Result);

    [Fact]
    public void WithoutOutput_EndedJob_HasEverythingElse()
    {
        var outcome = new JobOutcome { Status = JobStatus.Failed, Cause = JobCauses.ExitCode, ExitCode = 4, StderrTruncated = true, Usage = new JobUsage(1, 2, 3, 4) };
        var view = JobViews.WithoutOutput(Running().End(outcome, Now.AddSeconds(5)));
        Assert.Equal((null, null, null), (view.Stdout, view.Stderr, view.Result));
        Assert.Equal((JobStatus.Failed, JobCauses.ExitCode, 4, true), (view.Status, view.Cause, view.ExitCode, view.StderrTruncated));
        Assert.Equal((Now, Now.AddSeconds(1), Now.AddSeconds(5)), (view.CreatedAt, view.StartedAt, view.FinishedAt));
        Assert.Equal((new JobUsage(1, 2, 3, 4), "node", 1, "v"), (view.Usage, view.Node, view.Attempts, view.Metadata["k"]));
    }
}
