using System.Text;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Steps;

namespace Sandbox.Grains.Tests.Sessions.Steps;

public sealed class StepTimelineTests
{
    private static readonly StepRecord Ended = new()
    {
        SessionId = "ses_1", Sequence = 1, Context = "default", Status = StepStatus.Failed, Cause = "exit_code", ExitCode = 1,
        CreatedAt = DateTimeOffset.UnixEpoch, StartedAt = DateTimeOffset.UnixEpoch, FinishedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Events_OfLinesSplitOverPieces_AreWholeAndRise()
    {
        var events = StepTimeline.Of(Ended,
        [
            Piece(1, OutputEventKinds.Stdout, "a"),
            Piece(2, OutputEventKinds.Rich, """{"type":"display","data":{"text/pl"""),
            Piece(3, OutputEventKinds.Stdout, "b"),
            Piece(4, OutputEventKinds.Rich, "ain\":\"x\"}}\n{\"type\":\"result\",\"data\":{\"text/plain\":\"1\"}}\n"),
            Piece(5, OutputEventKinds.Rich, """{"type":"error","name":"E","value":"v","traceback":["l"],"more":1}""" + "\n"),
        ]).ToList();

        Assert.Equal(
            ["status", "stdout", "stdout", "display", "result", "error", "end"],
            events.Select(entry => entry.Kind));
        Assert.Equal(events.OrderBy(entry => entry.Id).Select(entry => entry.Id), events.Select(entry => entry.Id).Distinct());
        Assert.Equal("""{"text/plain":"x"}""", Encoding.UTF8.GetString(events[3].Data));
        Assert.Equal("""{"name":"E","value":"v","traceback":["l"]}""", Encoding.UTF8.GetString(events[5].Data));
    }

    [Fact]
    public void Events_WhileMoreComes_KeepTheirIds()
    {
        OutputEvent[] pieces = [Piece(1, OutputEventKinds.Rich, "{\"type\":\"display\",\"data\":{}}\n"), Piece(2, OutputEventKinds.Stdout, "x")];
        var running = Ended with { Status = StepStatus.Running };

        var before = StepTimeline.Of(running, pieces[..1]).Select(entry => entry.Id).ToList();
        var after = StepTimeline.Of(Ended, pieces).Select(entry => entry.Id).ToList();

        Assert.Equal(before, after.Take(before.Count));
    }

    [Fact]
    public void Events_OfOutputThatIsReadBeforeItsStart_BeginWithTheStart()
    {
        var early = Ended with { Status = StepStatus.Queued, StartedAt = null, FinishedAt = null };
        Assert.Equal(["status", "stdout"], StepTimeline.Of(early, [Piece(1, OutputEventKinds.Stdout, "a")]).Select(entry => entry.Kind));
        Assert.Empty(StepTimeline.Of(early, []));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("not json")]
    [InlineData("""{"type":"done","step":"1"}""")]
    [InlineData("""{"type":"display","data":"text"}""")]
    [InlineData("""{"type":"result"}""")]
    [InlineData("""{"type":5,"data":{}}""")]
    [InlineData("""{"type":"error","name":{}}""")]
    [InlineData("""{"type":"end","data":{}}""")]
    public void Lines_ThatAreNoneOfTheKnownForm_ArePassedOver(string line)
    {
        var events = StepTimeline.Of(Ended, [Piece(1, OutputEventKinds.Rich, line + "\n{\"type\":\"display\",\"data\":{}}\n")]);

        Assert.Equal(["status", "display", "end"], events.Select(entry => entry.Kind));
    }

    [Fact]
    public void View_OfResults_SaysWhichIsTheValue()
    {
        var view = StepViews.WithOutput(Ended,
        [
            Piece(1, OutputEventKinds.Rich, "{\"type\":\"display\",\"data\":{\"a/b\":\"1\"}}\n{\"type\":\"result\",\"data\":{\"a/b\":\"2\"}}\n"),
            Piece(2, OutputEventKinds.Stderr, "e"),
        ], 1 << 20);

        Assert.Equal(["""{"a/b":"1"}""", """{"a/b":"2"}"""], view.Results);
        Assert.Equal((1, "", "e"), (view.MainResult, view.Stdout, view.Stderr));
    }

    private static OutputEvent Piece(long id, string kind, string text) => new(id, kind, Encoding.UTF8.GetBytes(text));
}
