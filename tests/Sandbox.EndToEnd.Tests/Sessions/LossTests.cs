namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>Sandboxes that are gone, with or without a server that sees it.</summary>
public sealed class LossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sandbox_Lost_EndsTheSessionAndItsStepAsSuch(bool serverSeesIt)
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("print('before')", Token);
        var step = await session.Start(new { code = "import time\nprint('on', flush=True)\ntime.sleep(600)" }, Token);
        await session.UntilItPrints(step.Sequence, "on", Token);

        if (serverSeesIt)
        {
            data.Host.KillSandboxes();
        }
        else
        {
            await server.Kill(Token);
            data.Host.KillSandboxes();
            server = await SandboxServer.Start(data, Token);
            session = session.On(server);
        }

        var ended = await session.EndOf(step.Sequence, Token);
        Assert.Equal(("failed", true), (ended.Status, ended.Cause is "node_lost" or "session_ended"));
        await Eventually.True(async () => await IsLost(session), "the session is lost", Token);
        await LifecycleTests.AssertGone(session, "session_lost");
        Assert.Equal("before\n", (await session.GetStep(1, Token)).Stdout);
        await server.Stop(Token);
        Assert.Empty(data.Host.Find());
    }

    private static async Task<bool> IsLost(SessionClient session)
    {
        using var answer = await session.Http.GetAsync(session.Path, Token);
        return answer.StatusCode == System.Net.HttpStatusCode.Gone;
    }
}
