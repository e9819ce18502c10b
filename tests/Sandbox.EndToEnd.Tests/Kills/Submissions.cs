using System.Net;

namespace Sandbox.EndToEnd.Tests.Kills;

/// <summary>A submission that may be repeated.</summary>
internal sealed record Submission(string Key, object Request, int Lines);

/// <summary>Submits while the server may die at any moment, and remembers what it acknowledged.</summary>
internal sealed class Submissions
{
    private readonly Lock _lock = new();
    private readonly List<(Submission Submission, Job Job)> _acknowledged = [];
    private readonly List<Submission> _unknown = [];

    /// <summary>Acknowledged ones, with the job as it was then.</summary>
    public IReadOnlyList<(Submission Submission, Job Job)> Acknowledged
    {
        get
        {
            lock (_lock)
                return [.. _acknowledged];
        }
    }

    /// <summary>Those that were sent and got no answer.</summary>
    public IReadOnlyList<Submission> Unknown
    {
        get
        {
            lock (_lock)
                return [.. _unknown];
        }
    }

    public static Submission Of(int lines, double pause, string language = "python", string isolation = "standard") =>
        new(Guid.NewGuid().ToString("N"), Witness.Job(lines, pause, language, isolation), lines);

    /// <summary>Sends one; false when the server did not answer.</summary>
    public async Task<bool> Send(SandboxClient client, Submission submission, int wait, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.Post(submission.Request, cancellationToken, wait, submission.Key);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(cancellationToken));
            var job = await SandboxClient.Read<Job>(answer, cancellationToken);
            lock (_lock)
                _acknowledged.Add((submission, job));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            lock (_lock)
                _unknown.Add(submission);
            return false;
        }
    }

    /// <summary>Sends from several callers until the server dies.</summary>
    public Task SendUntilDeath(SandboxClient client, Func<Submission> next, int callers, int wait, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(
            async () =>
            {
                while (await Send(client, next(), wait, cancellationToken))
                {
                    // On to the next one.
                }
            },
            cancellationToken)));

    /// <summary>
    /// Every acknowledged job exists, ends, ran once, and answers its repeated submission; one that was not acknowledged
    /// may be submitted again and runs once too.
    /// </summary>
    public async Task AssertAllRanOnce(SandboxClient client, CancellationToken cancellationToken)
    {
        var nonces = new HashSet<string>();
        foreach (var (submission, before) in Acknowledged)
        {
            var job = await client.End(before.Id, cancellationToken);
            Assert.True(nonces.Add(Witness.AssertRanOnce(job, submission.Lines)));
            if (before.Ended)
                Assert.Equal((before.Stdout, before.FinishedAt), (job.Stdout, job.FinishedAt));
            Assert.Equal(job.Id, (await client.Submit(submission.Request, cancellationToken, submission.Key)).Id);
        }

        foreach (var submission in Unknown)
        {
            var job = await client.Submit(submission.Request, cancellationToken, submission.Key);
            Assert.True(nonces.Add(Witness.AssertRanOnce(await client.End(job.Id, cancellationToken), submission.Lines)));
        }
    }
}
