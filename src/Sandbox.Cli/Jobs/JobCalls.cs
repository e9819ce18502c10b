using System.Net.Http.Json;
using Sandbox.Cli.Client;

namespace Sandbox.Cli.Jobs;

/// <summary>The calls about jobs and their artifacts.</summary>
internal sealed class JobCalls(ApiClient api)
{
    private const int PollSeconds = 30;

    /// <summary>Submits a job. One idempotency key serves every try, so a lost answer cannot run the job twice.</summary>
    public Task<Reply<Job>> Submit(JobRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return api.Call(Create, Wire.Default.Job, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, "v1/jobs")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, Wire.Default.JobRequest),
        };
    }

    public Task<Reply<Job>> Get(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, JobPath(id)), Wire.Default.Job, cancellationToken);

    public async Task<Reply<Job>> WaitForEnd(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await api.Call(() => new(HttpMethod.Get, $"{JobPath(id)}?wait={PollSeconds}"), Wire.Default.Job, cancellationToken);
            if (reply.Value.HasEnded)
                return reply;
        }
    }

    public Task<Reply<JobPage>> List(string query, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Get, "v1/jobs" + query), Wire.Default.JobPage, cancellationToken);

    public Task<Reply<Job>> Cancel(string id, CancellationToken cancellationToken) =>
        api.Call(() => new(HttpMethod.Post, JobPath(id) + "/cancel"), Wire.Default.Job, cancellationToken);

    public async Task Delete(string id, CancellationToken cancellationToken)
    {
        using var response = await api.Send(() => new(HttpMethod.Delete, JobPath(id)), cancellationToken);
    }

    /// <summary>Opens the content of an artifact; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> OpenArtifact(string id, CancellationToken cancellationToken) =>
        api.Send(() => new(HttpMethod.Get, $"v1/artifacts/{Uri.EscapeDataString(id)}/content"), cancellationToken);

    /// <summary>The job's output from its start to its end.</summary>
    public EventStream Events(string id, TimeProvider time) => new(
        (last, cancellationToken) => api.OpenEvents(JobPath(id) + "/events", last, cancellationToken),
        time,
        $"The job may go on; see it with `sandbox jobs logs {id}`.");

    private static string JobPath(string id) => "v1/jobs/" + Uri.EscapeDataString(id);
}
