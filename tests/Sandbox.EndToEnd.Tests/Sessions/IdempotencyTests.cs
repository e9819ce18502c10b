using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Sessions;

public sealed class IdempotencyTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_IdenticalAndConcurrent_AreOne()
    {
        var batch = Guid.NewGuid().ToString("N");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Create(batch, new { metadata = new { batch } })));

        var sessions = await Task.WhenAll(answers.Select(answer => SessionClient.ReadAs<Session>(answer, HttpStatusCode.Created, Token)));
        Assert.Single(sessions.Select(session => session.Id).Distinct());
        Assert.Equal(9, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        using var other = await Create(batch, new { metadata = new { batch = "other" } });
        Assert.Equal("idempotency_key_reused", await SessionClient.CodeOf(other, HttpStatusCode.Conflict, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Steps_IdenticalAndConcurrent_RunOnceAndAnswerAll(bool paused)
    {
        var session = await SessionClient.Open(server.Client, Token);
        await session.Run("runs = 0", Token);
        if (paused)
            using (await session.Post("/pause", Token))
                Assert.Equal("paused", (await session.Get(Token)).Status);
        var request = new { code = "runs += 1\nimport os\nprint(os.urandom(8).hex())" };

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => session.Send(request, Token, wait: 60, key: "once")));
        using var late = await session.Send(request, Token, wait: 60, key: "once");

        var steps = await Task.WhenAll(answers.Append(late).Select(answer => SessionClient.ReadAs<Step>(answer, HttpStatusCode.OK, Token)));
        Assert.Equal("1", (await session.Run("runs", Token)).Value);
        Assert.Single(steps.Select(step => (step.Id, step.Stdout, step.Status)).Distinct());
        Assert.Equal("true", Assert.Single(late.Headers.GetValues("Idempotency-Replayed")));
    }

    [Fact]
    public async Task Step_SameKeyWhileItRuns_IsTheSameStepAndOtherBodyIsAConflict()
    {
        var session = await SessionClient.Open(server.Client, Token);
        var request = new { code = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)\n'done'" };
        var first = await session.Start(request, Token, key: "k");

        var second = await session.Start(request, Token, key: "k");
        using var other = await session.Send(new { code = "2" }, Token, key: "k");
        await session.Write("go", [], Token);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal("idempotency_key_reused", await SessionClient.CodeOf(other, HttpStatusCode.Conflict, Token));
        Assert.Equal("'done'", (await session.EndOf(first.Sequence, Token)).Value);
    }

    [Fact]
    public async Task Steps_SameKeyInTwoSessions_AreTwo()
    {
        var (one, two) = (await SessionClient.Open(server.Client, Token), await SessionClient.Open(server.Client, Token));

        using var first = await one.Send(new { code = "1" }, Token, key: "k");
        using var second = await two.Send(new { code = "2" }, Token, key: "k");

        Assert.Equal("1", (await SessionClient.ReadAs<Step>(first, HttpStatusCode.OK, Token)).Value);
        Assert.Equal("2", (await SessionClient.ReadAs<Step>(second, HttpStatusCode.OK, Token)).Value);
    }

    private async Task<HttpResponseMessage> Create(string key, object request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = JsonContent.Create(request) };
        message.Headers.Add("Idempotency-Key", key);
        return await server.Client.Http.SendAsync(message, Token);
    }
}
