namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class PauseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pause_WhileAStepRuns_TakesTheProcessorAwayUntilTheSessionIsResumed()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        var step = await session.Start(new { code = "import os\nprint('on', flush=True)\nx = 0\nwhile not os.path.exists('go'): x += 1\n'done'" }, Token);
        await session.UntilItPrints(step.Sequence, "on", Token);

        using var paused = await session.Post("/pause", Token);
        Assert.Equal("paused", (await SandboxClient.Read<Session>(paused, Token)).Status);
        var before = data.Host.ProcessorTime();
        // Long enough for a step that runs to be seen running: another sandbox does some work meanwhile.
        var sibling = await SessionClient.Open(server.Client, Token);
        await sibling.Run("sum(range(10_000_000))", Token);
        using var ended = await sibling.End(Token);
        var after = data.Host.ProcessorTime();

        var box = Assert.Single(before.Keys);
        Assert.Equal(before[box], after[box]);
        Assert.False((await session.GetStep(step.Sequence, Token)).Ended);
        using var resumed = await session.Post("/resume", Token);
        await Eventually.True(() => data.Host.ProcessorTime()[box] > before[box], "the step runs on", Token);
        await session.Write("go", [], Token);
        Assert.Equal("'done'", (await session.EndOf(step.Sequence, Token)).Value);
    }

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Pause_BetweenSteps_KeepsStateAndTheNextStepResumes(string isolation)
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token, new { isolation });
        await session.Run("x = [1, 2, 3]; open('f', 'w').write('file')", Token);

        // Twice is as good as once.
        using var first = await session.Post("/pause", Token);
        using var second = await session.Post("/pause", Token);
        Assert.Equal("paused", (await SandboxClient.Read<Session>(second, Token)).Status);
        Assert.Equal("paused", (await session.Get(Token)).Status);
        var step = await session.Run("print(x, open('f').read())", Token);

        Assert.Equal("[1, 2, 3] file\n", step.Stdout);
        Assert.Equal("ready", (await session.Get(Token)).Status);
    }

    [Fact]
    public async Task Pause_ThenEnd_LeavesNothingOnTheHost()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        var step = await session.Start(new { code = "import time; time.sleep(600)" }, Token);
        using var paused = await session.Post("/pause", Token);

        using var ended = await session.End(Token);

        Assert.Equal("session_ended", (await session.EndOf(step.Sequence, Token)).Cause);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }
}
