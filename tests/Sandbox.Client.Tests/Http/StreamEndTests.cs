using Sandbox.Client.Tests.Testing;

namespace Sandbox.Client.Tests.Http;

public sealed class StreamEndTests : ClientServer
{
    private const string Job = "GET /v1/jobs/job_1";
    private const string Path = Job + "/events";

    [Fact]
    public async Task Stream_FromTheLastEventOn_Ends_WhereTheJobHasEnded()
    {
        Server.On(Path, c => Wires.Stream(c)).On(Job, 200, Wires.Job("succeeded"));

        Assert.Empty(await Client().Jobs.FollowAsync("job_1", after: "9", Token).ToListAsync(Token));

        Assert.Equal([Path, Job, Path], Server.Requests.Select(request => request.Line));
    }

    [Fact]
    public async Task Stream_WhoseEndCameInBetween_IsNotMissed()
    {
        Server.On(Path, c => Wires.Stream(c)).On(Job, 200, Wires.Job("succeeded")).On(Path, c => Wires.Stream(c, Wires.Succeeded(10)));

        var end = Assert.Single(await Client().Jobs.FollowAsync("job_1", after: "9", Token).ToListAsync(Token));

        Assert.Equal("10", end.Id);
    }

    [Fact]
    public async Task Stream_ThatIsEmptyWhileTheJobRuns_GoesOn()
    {
        Server.On(Path, c => Wires.Stream(c)).On(Path, c => Wires.Stream(c)).On(Path, c => Wires.Stream(c, Wires.Succeeded(1))).On(Job, 200, Wires.Job("running"));

        Assert.Single(await Client().Jobs.FollowAsync("job_1", cancellationToken: Token).ToListAsync(Token));

        Assert.Equal([Path, Job, Path, Job, Path], Server.Requests.Select(request => request.Line));
    }

    [Fact]
    public async Task Stream_OfABusyServer_IsTakenUpWhenItAsks()
    {
        Server.On(Path, 503, "{}", "7").On(Path, c => Wires.Stream(c, Wires.Succeeded(1)));

        await Client().Jobs.FollowAsync("job_1", cancellationToken: Token).ToListAsync(Token);

        Assert.Contains(TimeSpan.FromSeconds(7), Time.Pauses);
    }

    [Fact]
    public async Task Stream_WhoseServerDoesNotAnswer_IsGivenUp()
    {
        Server.On(Path, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        // Shorter than what the clock of these tests takes for a limit: it passes at once.
        var options = new SandboxClientOptions { AttemptTimeout = TimeSpan.FromSeconds(10), StreamPatience = TimeSpan.Zero };

        var failure = await Assert.ThrowsAsync<SandboxException>(
            async () => await Client(options).Jobs.FollowAsync("job_1", cancellationToken: Token).ToListAsync(Token));

        Assert.Equal(SandboxFailure.ConnectionLost, failure.Failure);
        Assert.IsAssignableFrom<OperationCanceledException>(failure.InnerException);
    }

    [Fact]
    public async Task Stream_WhoseServerFallsSilent_IsTakenUpOnAnotherConnection()
    {
        Server.On(Path, async context =>
            {
                await Wires.Stream(context, Wires.Stdout(1, Wires.Text("\"a\"")));
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            })
            .On(Path, c => Wires.Stream(c, Wires.Succeeded(2)));
        var time = new SilenceTime();
        using var client = new SandboxClient(new Uri(Server.Url), "key", new SandboxClientOptions { TimeProvider = time });
        await using var events = client.Jobs.FollowAsync("job_1", cancellationToken: Token).GetAsyncEnumerator(Token);
        Assert.True(await events.MoveNextAsync());

        var next = events.MoveNextAsync();
        time.Pass();

        Assert.True(await next);
        Assert.Equal("2", events.Current.Id);
        Assert.Equal("1", Server.Requests[^1].Headers["Last-Event-ID"].ToString());
    }
}
