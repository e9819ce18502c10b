using System.Net;
using System.Text;
using Sandbox.EndToEnd.Tests.Kills;

namespace Sandbox.EndToEnd.Tests.Members;

/// <summary>One of two processes is killed at a moment that nobody chose: what it had goes on in the other.</summary>
public sealed class MemberKillTests
{
    private static readonly Chatter Chatter = new(lines: 200);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Kill_TheHolderOfARunningStep_ContinuesItInTheOtherWithEveryByteOnce(string isolation)
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token, SandboxServer.WithPool);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var victim = 1 + (round % 2);
            var holder = victim == 1 ? pair.First : pair.Second;
            var session = await SessionClient.Open(holder.Client, Token, new { isolation });
            await session.Run($"count = 0; secret = {round}; open('file', 'w').write('kept')", Token);
            var step = await session.Start(new { code = Chatter.Code }, Token, key: "step");
            var events = new List<JobEvent>();
            await foreach (var item in session.Events(step.Sequence, 0, Token).Take(Chatter.SomeEvents))
                events.Add(item);

            var survivor = await pair.Kill(victim, Token);
            session = session.On(survivor);
            await Answers(session);
            await foreach (var item in session.Events(step.Sequence, events[^1].Id, Token))
                events.Add(item);
            var ended = await session.EndOf(step.Sequence, Token);
            Assert.Equal(("succeeded", Chatter.Output(round), "1"), (ended.Status, ended.Stdout, ended.Value));
            Assert.Equal(ended.Stdout, Encoding.UTF8.GetString(events.Output("stdout")));
            using var again = await session.Send(new { code = Chatter.Code }, Token, key: "step");
            Assert.Equal(ended.Id, (await SessionClient.ReadAs<Step>(again, HttpStatusCode.OK, Token)).Id);
            var count = await session.Run("count", Token);
            Assert.Equal(("1", false), (count.Value, count.FreshKernel));
            Assert.Equal(Encoding.UTF8.GetBytes("kept"), await session.Read("file", Token));
            Assert.Equal(2, (await session.Get(Token)).Epoch);

            await pair.Restart(victim, Token);
            session = session.On(victim == 1 ? pair.First : pair.Second);
            Assert.Equal("1", (await session.Run("count", Token)).Value);
            using var over = await session.End(Token);
        }

        await pair.Stop(Token);
    }

    [Fact]
    public async Task Kill_WithJobsInBoth_RunsEachOnce()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token, SandboxServer.WithPool);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var victim = 1 + (round % 2);
            object Request(int number) => new
            {
                language = "python",
                code = $"import time\nfor i in range(20):\n    print({number}, i, flush=True); time.sleep(0.05)",
            };
            var jobs = new List<Job>();
            for (var number = 0; number < 8; number++)
                jobs.Add(await (number % 2 == 0 ? pair.First : pair.Second).Client.Submit(Request(number), Token));

            var survivor = await pair.Kill(victim, Token);
            foreach (var (job, number) in jobs.Select((job, number) => (job, number)))
            {
                await Eventually.True(
                    async () => await survivor.Client.StatusOf($"/v1/jobs/{job.Id}", Token) == HttpStatusCode.OK, "the job is there", Token);
                var ended = await survivor.Client.End(job.Id, Token);
                Assert.Equal(("succeeded", string.Concat(Enumerable.Range(0, 20).Select(i => $"{number} {i}\n")), 1), (ended.Status, ended.Stdout, ended.Attempts));
            }

            await pair.Restart(victim, Token);
        }

        await pair.Stop(Token);
    }

    [Fact]
    public async Task Kill_OneProcess_ItsReadySandboxesAreRemovedAndTheOthersAreNot()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token, SandboxServer.WithPool);
        var session = await SessionClient.Open(pair.Second.Client, Token);
        await session.Run("x = 1", Token);
        await pair.Kill(2, Token);
        session = session.On(pair.First);
        await Answers(session);
        Assert.Equal("1", (await session.Run("x", Token)).Value);
        var expiring = await SessionClient.Open(pair.First.Client, Token, new { ttlSeconds = 1 });
        await Eventually.True(async () => await expiring.Http.GetAsync(expiring.Path, Token) is { StatusCode: HttpStatusCode.Gone }, "it expires", Token);
        using var over = await session.End(Token);
        await pair.First.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_BothAtOnce_TheFirstThatStartsGoesOnAlone()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token, SandboxServer.WithPool);
        var sessions = new[] { await SessionClient.Open(pair.First.Client, Token), await SessionClient.Open(pair.Second.Client, Token) };
        foreach (var session in sessions)
            await session.Run("x = 1", Token);
        await pair.Kill(1, Token);
        await pair.Kill(2, Token);

        await pair.Restart(2, Token);
        foreach (var session in sessions.Select(session => session.On(pair.Second)))
            Assert.Equal("1", (await session.Run("x", Token)).Value);
        await pair.Restart(1, Token);
        foreach (var session in sessions.Select(session => session.On(pair.First)))
        {
            Assert.Equal("1", (await session.Run("x", Token)).Value);
            using var over = await session.End(Token);
        }

        await pair.Stop(Token);
    }

    [Fact]
    public async Task Stop_OneProcess_TheOtherGoesOnWithWhatItHad()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token, SandboxServer.WithPool);
        var session = await SessionClient.Open(pair.First.Client, Token);
        await session.Run("count = 0; secret = 7", Token);
        var step = await session.Start(new { code = Chatter.Code }, Token);
        await session.UntilItPrints(step.Sequence, "line 20", Token);
        await pair.First.Stop(Token);
        session = session.On(pair.Second);
        await Answers(session);
        Assert.Equal(Chatter.Output(7), (await session.EndOf(step.Sequence, Token)).Stdout);
        using var over = await session.End(Token);
        await pair.Second.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    // Until the cluster knows that a process is gone, what it had is answered with 503 and Retry-After.
    private static Task Answers(SessionClient session) => Eventually.True(
        async () =>
        {
            using var answer = await session.Http.GetAsync(session.Path, Token);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}");
            Assert.Equal(answer.StatusCode == HttpStatusCode.ServiceUnavailable, answer.Headers.RetryAfter is not null);
            return answer.StatusCode == HttpStatusCode.OK;
        },
        "the session answers again",
        Token);
}
