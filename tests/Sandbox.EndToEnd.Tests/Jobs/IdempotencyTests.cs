using System.Net;

namespace Sandbox.EndToEnd.Tests.Jobs;

public sealed class IdempotencyTests(SharedServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submissions_IdenticalAndConcurrent_RunOnceAndAnswerAll()
    {
        var batch = Guid.NewGuid().ToString("N");
        var request = new { language = "python", code = "import os; print(os.urandom(16).hex())", metadata = new { batch } };

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Client.Post(request, Token, wait: 60, key: batch)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(19, answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")));
        var jobs = await Task.WhenAll(answers.Select(answer => SandboxClient.Read<Job>(answer, Token)));
        Assert.Single(jobs.Select(job => (job.Id, job.Stdout, job.Attempts, job.Status)).Distinct());
        Assert.Equal(("succeeded", 1, 33), (jobs[0].Status, jobs[0].Attempts, jobs[0].Stdout!.Length));
        Assert.Single((await server.Client.List($"metadata.batch={batch}", Token)).Items);
    }

    [Fact]
    public async Task Submission_SameKeyOtherBody_IsAConflict()
    {
        var key = Guid.NewGuid().ToString("N");
        await server.Client.Submit(new { language = "bash", code = "true" }, Token, key);

        using var answer = await server.Client.Post(new { language = "bash", code = "false" }, Token, key: key);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("idempotency_key_reused", (await SandboxClient.Read<Problem>(answer, Token)).Code);
    }
}
