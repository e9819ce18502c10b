using System.Net;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class AdmissionTests
{
    private const string Endless = "sleep 600";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sandbox__Node__QueueLength", HttpStatusCode.ServiceUnavailable, "queue_full")]
    [InlineData("Sandbox__Quotas__QueuedJobs", HttpStatusCode.TooManyRequests, "quota_exceeded")]
    public async Task Queue_Full_RefusesWithRetryAfterAndServesOnInOrder(string bound, HttpStatusCode status, string code)
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token, ("Sandbox__Node__Slots", "1"), (bound, "2"));
        var running = await server.Client.Submit(new { language = "bash", code = Endless }, Token);
        var first = await server.Client.Submit(new { language = "bash", code = "echo first" }, Token);
        var second = await server.Client.Submit(new { language = "bash", code = Endless }, Token);
        Assert.Equal(("queued", "queued"), (first.Status, second.Status));

        using (var answer = await server.Client.Post(new { language = "bash", code = "true" }, Token))
        {
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(code, (await SandboxClient.Read<Problem>(answer, Token)).Code);
            Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        }

        var cancelled = await server.Client.Cancel(second.Id, Token);
        Assert.Equal(("cancelled", 0), (cancelled.Status, cancelled.Attempts));
        Assert.Equal("queued", (await server.Client.Get(first.Id, Token)).Status);
        await server.Client.Cancel(running.Id, Token);
        Assert.Equal(("succeeded", "first\n"), ((await server.Client.End(first.Id, Token)).Status, (await server.Client.Get(first.Id, Token)).Stdout));
    }
}
