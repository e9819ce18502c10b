using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Snapshots;

/// <summary>Sessions that are kept, copied and paused to disk with their memory.</summary>
public sealed class MemorySnapshotTests
{
    private const string Fill = "import sys, threading\nx = [1, 2, 3]; y = {'k': 'v'}; open('f', 'w').write('file'); open('/tmp/t', 'w').write('tmp')";
    private const string Look = "print(x, y['k'], open('f').read(), open('/tmp/t').read())";
    private const string Seen = "[1, 2, 3] v file tmp\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_Kept_GoesOnInAnotherSessionAfterTheFirstAndItsServer()
    {
        using var data = new DataDirectory();
        var first = await SandboxServer.Start(data, Token);
        var session = await Open(first);
        await session.Run(Fill, Token);
        await session.Run(new { code = "z = 'of another context'", context = "other" }, Token);

        var kept = await session.Keep(Token, new { memory = true });
        // The source goes on.
        Assert.Equal(Seen, (await session.Run(Look, Token)).Stdout);
        using var ended = await session.End(Token);
        await first.Kill(Token);
        await using var server = await SandboxServer.Start(data, Token);

        Assert.True(kept.Memory);
        for (var i = 0; i < 2; i++)
        {
            var restored = await SessionClient.Open(server.Client, Token, new { snapshot = kept.Id });
            var step = await restored.Run(Look, Token);
            Assert.Equal((Seen, 1L), (step.Stdout, step.Sequence));
            Assert.Equal("of another context\n", (await restored.Run(new { code = "print(z)", context = "other" }, Token)).Stdout);
        }
    }

    [Fact]
    public async Task Fork_WithMemory_MakesCopiesThatGoTheirOwnWay()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await Open(server);
        await session.Run(Fill, Token);

        var forks = await session.Fork(server.Client, new { count = 3, memory = true }, Token);

        for (var i = 0; i < forks.Count; i++)
            Assert.Equal($"[1, 2, 3, {i}]\n", (await forks[i].Run($"x.append({i}); print(x)", Token)).Stdout);
        Assert.Equal(Seen, (await session.Run(Look, Token)).Stdout);
    }

    [Fact]
    public async Task Fork_WhileAStepRuns_InterruptsItInTheCopyAndNotInTheSource()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await Open(server);
        await session.Run(Fill, Token);
        var running = await session.Start(new { code = "import os, time\nprint('on', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.01)\n'done'" }, Token);
        await session.UntilItPrints(running.Sequence, "on", Token);

        var fork = Assert.Single(await session.Fork(server.Client, new { memory = true }, Token));

        Assert.Equal(Seen, (await fork.Run(Look, Token)).Stdout);
        Assert.False((await session.GetStep(running.Sequence, Token)).Ended);
        await session.Write("go", [], Token);
        Assert.Equal("'done'", (await session.EndOf(running.Sequence, Token)).Value);
    }

    [Fact]
    public async Task PausedToDisk_UsesNoSandboxAndWakesAfterAKill()
    {
        using var data = new DataDirectory();
        var first = await SandboxServer.Start(data, Token);
        var session = await Open(first);
        await session.Run(Fill, Token);

        using var paused = await session.Http.PostAsJsonAsync(session.Path + "/pause", new { memory = "disk" }, Token);
        Assert.Equal("paused", (await SessionClient.ReadAs<Session>(paused, HttpStatusCode.OK, Token)).Status);
        await Eventually.True(() => Task.FromResult(data.Host.ProcessorTime().Count == 0), "the sandbox is gone", Token);
        await first.Kill(Token);
        await using var server = await SandboxServer.Start(data, Token);
        session = session.On(server);

        Assert.Equal("paused", (await session.Get(Token)).Status);
        var step = await session.Run(Look, Token);
        Assert.Equal((Seen, 2L), (step.Stdout, step.Sequence));
        Assert.Equal("ready", (await session.Get(Token)).Status);
        Assert.Equal("file"u8.ToArray(), await session.Read("f", Token));
    }

    [Fact]
    public async Task Idle_WhereAsked_IsPausedToDiskAndAFileWakesIt()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token, new { isolation = "strong", idleSeconds = 1, onIdle = "suspend" });
        await session.Run(Fill, Token);

        await Eventually.True(async () => (await session.Get(Token)).Status == "paused", "it is paused", Token);
        Assert.Equal("file"u8.ToArray(), await session.Read("f", Token));
        Assert.Equal(Seen, (await session.Run(Look, Token)).Stdout);
    }

    [Fact]
    public async Task PauseToDisk_WhileAStepRuns_IsRefused()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var session = await Open(server);
        var running = await session.Start(new { code = "import time; time.sleep(600)" }, Token);

        Assert.Equal("session_busy", await server.Client.Refused(session.Path + "/pause", new { memory = "disk" }, HttpStatusCode.Conflict, Token));
        Assert.False((await session.GetStep(running.Sequence, Token)).Ended);
    }

    private static Task<SessionClient> Open(SandboxServer server) => SessionClient.Open(server.Client, Token, new { isolation = "strong" });
}
