namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>The server is killed at moments that nobody chose, and a successor takes up its work.</summary>
public sealed class KillTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_WhileJobsAreQueued_LosesNoneAndRunsEachOnce()
    {
        using var data = new DataDirectory();
        (string, string)[] oneSlot = [("Sandbox__Node__Slots", "1"), SandboxServer.WithPool];
        var server = await SandboxServer.Start(data, Token, oneSlot);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var submissions = new Submissions();
            var enough = Random.Shared.Next(1, 20);
            var sending = submissions.SendUntilDeath(server.Client, () => Submissions.Of(3, 0.01, round % 2 == 0 ? "bash" : "python"), callers: 3, wait: 0, Token);
            await Eventually.True(() => submissions.Acknowledged.Count >= enough || sending.IsCompleted, "jobs are submitted", Token);
            await server.Kill(Token);
            await sending;

            server = await SandboxServer.Start(data, Token, oneSlot);
            await submissions.AssertAllRanOnce(server.Client, Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WhileJobsRun_ContinuesThemWithEveryLineOnce()
    {
        const int lines = 300;
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            Submission[] all =
            [
                Submissions.Of(lines, 0.01), Submissions.Of(lines, 0.01, "javascript"), Submissions.Of(lines, 0.01, "bash"),
                Submissions.Of(lines, 0.01, isolation: "strong"),
            ];
            var submissions = new Submissions();
            foreach (var submission in all)
                Assert.True(await submissions.Send(server.Client, submission, 0, Token));
            var follower = new Follower(submissions.Acknowledged[round % all.Length].Job.Id);
            // Twice, the second time while the successor has hardly begun.
            foreach (var enough in new[] { Random.Shared.Next(1, lines / 2), 1 })
            {
                await follower.Follow(server.Client, enough, Token);
                await server.Kill(Token);
                server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
            }

            await follower.Follow(server.Client, int.MaxValue, Token);
            await submissions.AssertAllRanOnce(server.Client, Token);
            await follower.AssertSawAll(server.Client, Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Kill_WhileJobsFinish_KeepsTheirResultsAndRunsEachOnce()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
        for (var round = 0; round < KillRounds.Count; round++)
        {
            var submissions = new Submissions();
            var enough = Random.Shared.Next(1, 30);
            var sending = submissions.SendUntilDeath(server.Client, () => Submissions.Of(2, 0), callers: 4, wait: 30, Token);
            await Eventually.True(() => submissions.Acknowledged.Count >= enough || sending.IsCompleted, "jobs end", Token);
            await server.Kill(Token);
            await sending;

            server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
            await submissions.AssertAllRanOnce(server.Client, Token);
        }

        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    [Fact]
    public async Task Stop_WithARunningJob_LeavesItToTheSuccessor()
    {
        const int lines = 300;
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);
        var submissions = new Submissions();
        Assert.True(await submissions.Send(server.Client, Submissions.Of(lines, 0.01), 0, Token));
        var follower = new Follower(submissions.Acknowledged[0].Job.Id);
        await follower.Follow(server.Client, 20, Token);

        await server.Stop(Token);
        server = await SandboxServer.Start(data, Token, SandboxServer.WithPool);

        await follower.Follow(server.Client, int.MaxValue, Token);
        await submissions.AssertAllRanOnce(server.Client, Token);
        await follower.AssertSawAll(server.Client, Token);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }
}
