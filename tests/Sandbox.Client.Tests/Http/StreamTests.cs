using System.Text;
using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class StreamTests : ClientServer
{
    private const string Path = "GET /v1/jobs/job_1/events";

    [Fact]
    public async Task Stream_ThatBreaks_IsTakenUpAfterTheLastEvent_WithoutLossOrRepetition()
    {
        var seen = new TaskCompletionSource();
        Server.On(Path, c => Wires.StreamAndBreak(c, seen.Task, Wires.Stdout(1, Wires.Text("\"a\"")), Wires.Stdout(2, Wires.Base64(0xe2, 0x82))))
            .On(Path, 503, "{}")
            // One that repeats what is known.
            .On(Path, c => Wires.Stream(c, Wires.Stdout(2, Wires.Base64(0xe2, 0x82)), Wires.Stdout(3, Wires.Base64(0xac))))
            .On(Path, c => Wires.Stream(c, Wires.Event(4, "novelty", "{}"), Wires.Succeeded(5)));
        var bytes = new List<byte>();
        OutputEnd? end = null;

        await foreach (var item in Client().Jobs.FollowAsync("job_1", cancellationToken: Token))
        {
            bytes.AddRange(item.Bytes.Span);
            end = item.End;
            if (item.Id == "2")
                seen.SetResult();
        }

        Assert.Equal("a€", Encoding.UTF8.GetString([.. bytes]));
        Assert.Equal(("succeeded", 0), (end!.Status, end.ExitCode));
        Assert.Equal(["", "2", "2", "3"], Server.Requests.Select(request => request.Headers["Last-Event-ID"].ToString()));
    }

    [Fact]
    public async Task Stream_BeginsAfterTheEventThatIsKnown()
    {
        Server.On(Path, c => Wires.Stream(c, Wires.Succeeded(9)));

        var events = await Client().Jobs.FollowAsync("job_1", after: "8", Token).ToListAsync(Token);

        Assert.Single(events);
        Assert.Equal("8", Server.Requests.Single().Headers["Last-Event-ID"].ToString());
    }

    [Fact]
    public async Task Stream_OfWhatIsGone_FailsInsteadOfTryingOn()
    {
        Server.On(Path, c => Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"a\"")))).On(Path, 404, """{"code":"not_found"}""");

        var failure = await Assert.ThrowsAsync<SandboxException>(async () => await Client().Jobs.FollowAsync("job_1", cancellationToken: Token).ToListAsync(Token));

        Assert.Equal("not_found", failure.Code);
    }

    [Fact]
    public async Task Stream_ThatCannotBeTakenUp_FailsWhenPatienceIsOver()
    {
        Server.On(Path, 503, "{}");

        var failure = await Assert.ThrowsAsync<SandboxException>(async () =>
            await Client(new SandboxClientOptions { StreamPatience = TimeSpan.Zero }).Jobs.FollowAsync("job_1", cancellationToken: Token).ToListAsync(Token));

        Assert.Equal(SandboxFailure.ConnectionLost, failure.Failure);
        Assert.Equal(503, Assert.IsType<SandboxException>(failure.InnerException).Status);
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Stream_ThatIsCancelled_EndsAtOnce()
    {
        using var gone = new CancellationTokenSource();
        Server.On(Path, async context =>
        {
            await Wires.Stream(context, Wires.Stdout(1, Wires.Text("\"a\"")));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in Client().Jobs.FollowAsync("job_1", cancellationToken: gone.Token))
                await gone.CancelAsync();
        });

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Stream_OfASession_TellsOfTheStepsToo()
    {
        Server.On("GET /v1/sessions/ses_1/events", c => Wires.Stream(
            c, "event: status\ndata: {\"status\":\"ready\"}\n\n", Wires.Stdout(1, """{"step":4,"text":"x"}"""), "event: end\ndata: {\"status\":\"terminated\",\"cause\":\"requested\"}\n\n"));

        var events = await Client().Sessions.FollowAsync("ses_1", cancellationToken: Token).ToListAsync(Token);

        Assert.Equal(["status", "stdout", "end"], events.Select(item => item.Kind));
        Assert.Equal((4L, "x"), (events[1].Step, events[1].Text));
        Assert.Equal("requested", events[2].End!.Cause);
    }

    [Fact]
    public async Task Stream_OfTheTenant_ThatBreaksBeforeItsFirstEvent_GoesOnWhereItBegan()
    {
        using var enough = new CancellationTokenSource();
        Server.On("GET /v1/events", async c =>
            {
                c.Response.Headers["Last-Event-ID"] = "41";
                await Wires.Stream(c);
            })
            .On("GET /v1/events", c => Wires.Stream(c, Wires.Event(42, "job.ended", """{"id":"42","type":"job.ended","resource":{"type":"job","id":"job_1"}}""")));

        await foreach (var item in Client().Events.FollowAsync("job.*", cancellationToken: Token))
        {
            Assert.Equal(("job.ended", "job_1"), (item.Type, item.Resource!.Id));
            break;
        }

        Assert.Equal(["", "41"], Server.Requests.Select(request => request.Headers["Last-Event-ID"].ToString()));
        Assert.Equal("GET /v1/events?types=job.%2A", Server.Requests[0].Line);
    }
}
