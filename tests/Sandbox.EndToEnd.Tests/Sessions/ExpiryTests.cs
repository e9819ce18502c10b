using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

/// <summary>The clock of the machine ends sessions; what depends on turning it is tested with the grain.</summary>
public sealed class ExpiryTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_TimeToLiveOver_EndsByItselfWithWhatRunsInIt()
    {
        var session = await SessionClient.Open(server.Client, Token, new { ttlSeconds = 2 });
        var step = await session.Start(new { code = "import time; time.sleep(600)" }, Token);

        await UntilGone(session);

        await LifecycleTests.AssertGone(session, "session_expired");
        Assert.Equal(("failed", "session_ended"), await EndOf(session, step.Sequence));
        var listed = await ListedOf(session);
        Assert.Equal(("expired", "ttl"), (listed.Status, listed.Cause));
        // Neither early nor, on a machine that is busy with other tests, much too late.
        Assert.True(listed.EndedAt >= listed.ExpiresAt, $"{listed.EndedAt} is before {listed.ExpiresAt}");
    }

    [Fact]
    public async Task Session_Idle_EndsWithThatCause()
    {
        var session = await SessionClient.Open(server.Client, Token, new { idleSeconds = 1 });

        await UntilGone(session);

        await LifecycleTests.AssertGone(session, "session_expired");
        Assert.Equal("idle", (await ListedOf(session)).Cause);
    }

    [Fact]
    public async Task Session_IdleWithPause_IsPausedAndGoesOnWithTheNextStep()
    {
        var session = await SessionClient.Open(server.Client, Token, new { idleSeconds = 1, onIdle = "pause" });
        await session.Run("x = 7", Token);

        await Eventually.True(async () => (await session.Get(Token)).Status == "paused", "the idle session is paused", Token);

        Assert.Equal("7", (await session.Run("x", Token)).Value);
    }

    [Fact]
    public async Task Session_Extended_OutlivesItsFirstTimeToLive()
    {
        var session = await SessionClient.Open(server.Client, Token, new { ttlSeconds = 3 });
        var shortLived = await SessionClient.Open(server.Client, Token, new { ttlSeconds = 3 });

        using var answer = await session.Http.PatchAsJsonAsync(session.Path, new { ttlSeconds = 600 }, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await UntilGone(shortLived);
        Assert.Equal("2", (await session.Run("1 + 1", Token)).Value);
    }

    private static Task UntilGone(SessionClient session) => Eventually.True(
        async () =>
        {
            using var answer = await session.Http.GetAsync(session.Path, Token);
            return answer.StatusCode == HttpStatusCode.Gone;
        },
        "the session ends",
        Token);

    private static async Task<(string, string?)> EndOf(SessionClient session, long sequence)
    {
        var step = await session.EndOf(sequence, Token);
        return (step.Status, step.Cause);
    }

    private async Task<Session> ListedOf(SessionClient session)
    {
        using var answer = await server.Client.Http.GetAsync("/v1/sessions?status=expired&limit=1000", Token);
        return (await SessionClient.ReadAs<SessionPage>(answer, HttpStatusCode.OK, Token)).Items.Single(item => item.Id == session.Id);
    }
}
