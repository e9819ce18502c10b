using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>The REST interface as a caller uses it.</summary>
internal sealed class SandboxClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public SandboxClient(string url, string key)
    {
        // A connection that is kept may be one that the server is about to close.
        Http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(100) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    /// <summary>Sends a submission and leaves the answer to the caller.</summary>
    public async Task<HttpResponseMessage> Post(object request, CancellationToken cancellationToken, int wait = 0, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"/v1/jobs?wait={wait}") { Content = JsonContent.Create(request) };
        if (key is not null)
            message.Headers.Add("Idempotency-Key", key);
        return await Http.SendAsync(message, cancellationToken);
    }

    /// <summary>Submits a job that must be accepted.</summary>
    public async Task<Job> Submit(object request, CancellationToken cancellationToken, string? key = null)
    {
        using var answer = await Post(request, cancellationToken, 0, key);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        return await Read<Job>(answer, cancellationToken);
    }

    /// <summary>Runs a job to its end.</summary>
    public async Task<Job> Run(object request, CancellationToken cancellationToken)
    {
        using var answer = await Post(request, cancellationToken, wait: 60);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await Read<Job>(answer, cancellationToken);
    }

    public async Task<Job> Get(string id, CancellationToken cancellationToken, int wait = 0) =>
        (await Http.GetFromJsonAsync<Job>($"/v1/jobs/{id}?wait={wait}", Json, cancellationToken))!;

    /// <summary>The job after its end.</summary>
    public async Task<Job> End(string id, CancellationToken cancellationToken)
    {
        var job = await Get(id, cancellationToken, wait: 60);
        Assert.True(job.Ended, $"The job {id} is still {job.Status}.");
        return job;
    }

    public async Task<JobPage> List(string query, CancellationToken cancellationToken) =>
        (await Http.GetFromJsonAsync<JobPage>($"/v1/jobs?{query}", Json, cancellationToken))!;

    public async Task<Job> Cancel(string id, CancellationToken cancellationToken)
    {
        using var answer = await Http.PostAsync($"/v1/jobs/{id}/cancel", null, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Read<Job>(answer, cancellationToken);
    }

    public async Task<HttpStatusCode> Delete(string path, CancellationToken cancellationToken)
    {
        using var answer = await Http.DeleteAsync(path, cancellationToken);
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> StatusOf(string path, CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync(path, cancellationToken);
        return answer.StatusCode;
    }

    public static async Task<T> Read<T>(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        (await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!;

    public void Dispose() => Http.Dispose();
}
