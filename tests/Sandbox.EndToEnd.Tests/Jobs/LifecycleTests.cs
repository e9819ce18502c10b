using System.Net;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class LifecycleTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("standard")]
    [InlineData("strong")]
    public async Task Cancel_WhileRunning_EndsItAndKeepsTheOutput(string isolation)
    {
        var job = await server.Client.Submit(new { language = "bash", code = "echo begun; sleep 600", isolation }, Token);
        await server.Client.Events(job.Id, 0, Token).FirstAsync(item => item.Kind == "stdout", Token);

        var cancelled = await server.Client.Cancel(job.Id, Token);

        Assert.Equal(("cancelled", "cancelled", "begun\n"), (cancelled.Status, cancelled.Cause, cancelled.Stdout));
        Assert.Equal("cancelled", (await server.Client.Cancel(job.Id, Token)).Status);
    }

    [Fact]
    public async Task Delete_WhileRunning_IsRefusedAndAfterTheEndRemoves()
    {
        var job = await server.Client.Submit(new { language = "bash", code = "sleep 600" }, Token);

        Assert.Equal(HttpStatusCode.Conflict, await server.Client.Delete($"/v1/jobs/{job.Id}", Token));
        await server.Client.Cancel(job.Id, Token);

        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete($"/v1/jobs/{job.Id}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf($"/v1/jobs/{job.Id}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.StatusOf($"/v1/jobs/{job.Id}/events", Token));
        Assert.Equal(HttpStatusCode.NotFound, await server.Client.Delete($"/v1/jobs/{job.Id}", Token));
    }

    [Fact]
    public async Task Wait_ShorterThanTheJob_AnswersWithTheRunningJobAndItsAddress()
    {
        using var answer = await server.Client.Post(new { language = "bash", code = "echo here; sleep 600" }, Token, wait: 1);

        var job = await SandboxClient.Read<Job>(answer, Token);
        Assert.Equal((HttpStatusCode.Accepted, $"/v1/jobs/{job.Id}"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.False(job.Ended);
        Assert.False((await server.Client.Get(job.Id, Token, wait: 1)).Ended);
        await server.Client.Cancel(job.Id, Token);
        Assert.True((await server.Client.Get(job.Id, Token)).Ended);
    }

    [Fact]
    public async Task List_ByLabelAndStatus_PagesThroughEveryJobOnce()
    {
        var batch = Guid.NewGuid().ToString("N");
        var wanted = new List<string>();
        for (var i = 0; i < 7; i++)
            wanted.Add((await server.Client.Run(new { language = "bash", code = $"exit {i % 2}", metadata = new { batch, parity = $"{i % 2}" } }, Token)).Id);

        var found = new List<Job>();
        var query = $"metadata.batch={batch}&limit=3";
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await server.Client.List(cursor.Length == 0 ? query : $"{query}&cursor={Uri.EscapeDataString(cursor)}", Token);
            Assert.InRange(page.Items.Count, 1, 3);
            found.AddRange(page.Items);
            cursor = page.NextCursor;
        }

        Assert.Equal(Enumerable.Reverse(wanted), found.Select(job => job.Id));
        Assert.All(found, job => Assert.Null(job.Stdout));
        Assert.Equal(4, (await server.Client.List($"metadata.batch={batch}&status=succeeded", Token)).Items.Count);
        Assert.Equal(3, (await server.Client.List($"metadata.batch={batch}&metadata.parity=1&status=failed", Token)).Items.Count);
        Assert.Empty((await server.Client.List($"metadata.batch={batch}&status=running", Token)).Items);
    }
}
