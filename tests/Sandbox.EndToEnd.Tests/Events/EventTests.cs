namespace Sandbox.EndToEnd.Tests.Events;

/// <summary>The events of real jobs and sessions, as whoever follows a tenant sees them.</summary>
public sealed class EventTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lives_OfAJobAndASession_AreToldInOrder()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        await using var all = await EventTail.Open(server.Client, string.Empty, null, Token);
        await using var some = await EventTail.Open(server.Client, "?types=session.*,job.ended", null, Token);

        var job = await server.Client.Run(new { language = "python", code = "raise SystemExit(3)" }, Token);
        var session = await SessionClient.Open(server.Client, Token, new { });
        await session.Run(new { code = "x = 1" }, Token);
        foreach (var action in new[] { "pause", "resume" })
            (await session.Http.PostAsync($"{session.Path}/{action}", null, Token)).Dispose();
        using var ended = await session.End(Token);
        var id = session.Path.Split('/')[^1];

        var events = await all.Until(id, "session.ended");
        Assert.Equal(
            ["job.submitted queued", "job.started running", "job.ended failed"],
            events.Where(item => item.Resource == job.Id).Select(item => $"{item.Type} {item.Data.GetProperty("status").GetString()}"));
        Assert.Equal("exit_code", events.Single(item => item.Type == "job.ended").Data.GetProperty("cause").GetString());
        Assert.Equal(
            ["session.created", "step.submitted", "step.ended", "session.paused", "session.resumed", "session.ended"],
            events.Where(item => item.Resource == id).Select(item => item.Type));
        Assert.Equal("terminated", events[^1].Data.GetProperty("status").GetString());
        Assert.Equal(
            ["job.ended", "session.created", "session.paused", "session.resumed", "session.ended"],
            (await some.Until(id, "session.ended")).Select(item => item.Type));
        Assert.Contains("job.ended " + job.Id + " status=failed", (await CommandLine.Run(data, Token, "events", "--types", "job.*")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ResumedAfterAKill_HasEveryEventOnce()
    {
        using var data = new DataDirectory();
        var seen = new List<string>();
        string job;
        await using (var server = await SandboxServer.Start(data, Token))
        {
            await using var tail = await EventTail.Open(server.Client, "?from=0", null, Token);
            var first = await server.Client.Run(new { language = "bash", code = "true" }, Token);
            seen.AddRange((await tail.Until(first.Id, "job.ended")).Select(static item => item.Id));
            job = (await server.Client.Submit(new { language = "bash", code = "sleep 2" }, Token)).Id;
            seen.AddRange((await tail.Until(job, "job.started")).Select(static item => item.Id));
            await server.Kill(Token);
        }

        await using var next = await SandboxServer.Start(data, Token);
        await using (var tail = await EventTail.Open(next.Client, string.Empty, seen[^1], Token))
            seen.AddRange((await tail.Until(job, "job.ended")).Select(static item => item.Id));
        await using var whole = await EventTail.Open(next.Client, "?from=0", null, Token);

        Assert.Equal((await whole.Until(job, "job.ended")).Select(static item => item.Id), seen);
        Assert.Equal(seen.Distinct(), seen);
    }
}
