using System.Net;
using System.Text;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>The server is killed at moments that nobody chose: sessions go on as if nothing had happened.</summary>
public sealed class SessionKillTests
{
    private static readonly Chatter Chatter = new(lines: 300);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Kill_WhileAStepRuns_ContinuesItWithEveryByteOnceAndKeepsVariables(string isolation)
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var session = await SessionClient.Open(server.Client, Token, new { isolation });
            await session.Run($"count = 0; secret = {round}; open('file', 'w').write('kept')", Token);
            var step = await session.Start(new { code = Chatter.Code }, Token, key: "step");
            var events = new List<JobEvent>();
            // Twice, the second time while the successor has hardly begun.
            foreach (var enough in new[] { Chatter.SomeEvents, 1 })
            {
                await Follow(session, step.Sequence, events, enough);
                await server.Kill(Token);
                server = await SandboxServer.Start(data, Token);
                session = session.On(server);
            }

            await Follow(session, step.Sequence, events, int.MaxValue);
            var ended = await session.EndOf(step.Sequence, Token);
            Assert.Equal(("succeeded", Chatter.Output(round), "1"), (ended.Status, ended.Stdout, ended.Value));
            Assert.Equal(ended.Stdout, Encoding.UTF8.GetString(events.Output("stdout")));
            Assert.Equal(await session.Events(step.Sequence, 0, Token).ToListAsync(Token), events);
            using var again = await session.Send(new { code = Chatter.Code }, Token, key: "step");
            Assert.Equal(ended.Id, (await SessionClient.ReadAs<Step>(again, HttpStatusCode.OK, Token)).Id);
            Assert.Equal(("1", false), await ValueOf(session, "count"));
            Assert.Equal("'kept'", (await session.Run("open('file').read()", Token)).Value);
            Assert.Equal(3, (await session.Get(Token)).Epoch);
            using var over = await session.End(Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WhileStepsWait_RunsEachAcknowledgedOneOnceAndInOrder()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var session = await SessionClient.Open(server.Client, Token);
            await session.Run("seen = []", Token);
            var acknowledged = new List<(Step Step, string Key, object Request)>();
            var enough = Random.Shared.Next(1, 15);
            for (var i = 0; i < enough; i++)
            {
                object request = new { code = $"import time; time.sleep(0.02); seen.append({i}); {i}" };
                acknowledged.Add((await session.Start(request, Token, key: $"k{i}"), $"k{i}", request));
            }

            await server.Kill(Token);
            server = await SandboxServer.Start(data, Token);
            session = session.On(server);

            foreach (var ((step, key, request), i) in acknowledged.Select((item, i) => (item, i)))
            {
                var ended = await session.EndOf(step.Sequence, Token);
                Assert.Equal(("succeeded", $"{i}"), (ended.Status, ended.Value));
                using var again = await session.Send(request, Token, key: key);
                Assert.Equal(step.Id, (await SessionClient.ReadAs<Step>(again, HttpStatusCode.OK, Token)).Id);
            }

            Assert.Equal(($"[{string.Join(", ", Enumerable.Range(0, enough))}]", false), await ValueOf(session, "seen"));
            using var over = await session.End(Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WhileStepsEnd_RunsEachOnceWhetherItWasAnsweredOrNot()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var session = await SessionClient.Open(server.Client, Token);
            await session.Run("runs = {}", Token);
            var answered = 0;
            var enough = Random.Shared.Next(1, 40);
            var sending = Task.WhenAll(Enumerable.Range(0, 3).Select(caller => SendUntilDeath(session, caller, () => Interlocked.Increment(ref answered))));
            await Eventually.True(() => Volatile.Read(ref answered) >= enough || sending.IsCompleted, "steps end", Token);
            await server.Kill(Token);
            var sent = await sending;

            server = await SandboxServer.Start(data, Token);
            session = session.On(server);
            foreach (var (key, request) in sent.SelectMany(keys => keys))
            {
                using var again = await session.Send(request, Token, wait: 60, key: key);
                Assert.Equal("succeeded", (await SessionClient.ReadAs<Step>(again, HttpStatusCode.OK, Token)).Status);
            }

            var runs = await session.Run("print(sorted(set(runs.values())), len(runs))", Token);
            Assert.Equal($"[1] {sent.Sum(keys => keys.Count)}\n", runs.Stdout);
            using var over = await session.End(Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WhileSessionsAreMade_LeavesThoseThatWereAnsweredAndNoOther()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var made = new System.Collections.Concurrent.ConcurrentBag<SessionClient>();
            var enough = Random.Shared.Next(1, 8);
            var making = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => UntilDeath(async () => made.Add(await SessionClient.Open(server.Client, Token)))));
            await Eventually.True(() => made.Count >= enough || making.IsCompleted, "sessions are made", Token);
            await server.Kill(Token);
            await making;

            server = await SandboxServer.Start(data, Token);
            foreach (var session in made.Select(session => session.On(server)))
            {
                Assert.Equal("2", (await session.Run("1 + 1", Token)).Value);
                using var over = await session.End(Token);
            }

            // One that was durable without its answer is listed, and can be used and ended.
            using var listed = await server.Client.Http.GetAsync("/v1/sessions?status=ready&limit=1000", Token);
            foreach (var rest in (await SandboxClient.Read<SessionPage>(listed, Token)).Items)
            {
                var session = new SessionClient(server.Client, rest.Id);
                Assert.Equal("2", (await session.Run("1 + 1", Token)).Value);
                using var over = await session.End(Token);
            }
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WithPausedAndExpiringSessions_KeepsThemPausedAndEndsThemInTime()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var paused = await SessionClient.Open(server.Client, Token);
        await paused.Run("x = 'before'", Token);
        await paused.Write("file", [1, 2, 3], Token);
        using var frozen = await paused.Post("/pause", Token);
        var expiring = await SessionClient.Open(server.Client, Token, new { ttlSeconds = 2 });

        await server.Kill(Token);
        server = await SandboxServer.Start(data, Token);
        (paused, expiring) = (paused.On(server), expiring.On(server));

        Assert.Equal("paused", (await paused.Get(Token)).Status);
        Assert.Equal("'before'", (await paused.Run("x", Token)).Value);
        Assert.Equal([1, 2, 3], await paused.Read("file", Token));
        await Eventually.True(
            async () => await server.Client.StatusOf(expiring.Path, Token) == HttpStatusCode.Gone, "the other session ends", Token);
        using var gone = await expiring.Http.GetAsync(expiring.Path, Token);
        Assert.Equal("session_expired", await SessionClient.CodeOf(gone, HttpStatusCode.Gone, Token));
        using var over = await paused.End(Token);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Stop_WithARunningStep_LeavesItToTheSuccessor()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("count = 0; secret = 1", Token);
        var step = await session.Start(new { code = Chatter.Code }, Token);
        await session.UntilItPrints(step.Sequence, "line 20", Token);

        await server.Stop(Token);
        server = await SandboxServer.Start(data, Token);
        session = session.On(server);

        Assert.Equal(Chatter.Output(1), (await session.EndOf(step.Sequence, Token)).Stdout);
        using var over = await session.End(Token);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    private static async Task<(string?, bool)> ValueOf(SessionClient session, string name)
    {
        var step = await session.Run(name, Token);
        return (step.Value, step.FreshKernel);
    }

    private static async Task Follow(SessionClient session, long step, List<JobEvent> events, int more)
    {
        var after = events.Count == 0 ? 0 : events[^1].Id;
        if (events.Count > 0 && events[^1].IsEnd)
            return;
        await foreach (var item in session.Events(step, after, Token).Take(more))
            events.Add(item);
    }

    /// <summary>Runs steps one after the other until the server dies; all that were sent, the last of them without an answer.</summary>
    private static async Task<List<(string Key, object Request)>> SendUntilDeath(SessionClient session, int caller, Action answered)
    {
        var sent = new List<(string, object)>();
        await UntilDeath(async () =>
        {
            var key = $"{caller}_{sent.Count}";
            object request = new { code = $"runs['{key}'] = runs.get('{key}', 0) + 1" };
            sent.Add((key, request));
            using var answer = await session.Send(request, Token, wait: 60, key: key);
            Assert.Equal("succeeded", (await SessionClient.ReadAs<Step>(answer, HttpStatusCode.OK, Token)).Status);
            answered();
        });
        return sent;
    }

    private static async Task UntilDeath(Func<Task> act)
    {
        while (true)
        {
            try
            {
                await act();
            }
            catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException || e is OperationCanceledException && !Token.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
