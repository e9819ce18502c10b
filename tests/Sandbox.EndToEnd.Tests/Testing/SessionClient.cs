using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Testing;

/// <summary>One session as a caller uses it.</summary>
internal sealed class SessionClient(SandboxClient client, string id)
{
    public string Id { get; } = id;

    public HttpClient Http => client.Http;

    public string Path => $"/v1/sessions/{Id}";

    /// <summary>Makes a session.</summary>
    public static async Task<SessionClient> Open(SandboxClient client, CancellationToken cancellationToken, object? request = null)
    {
        using var answer = await client.Http.PostAsJsonAsync("/v1/sessions", request ?? new { }, cancellationToken);
        return new SessionClient(client, (await ReadAs<Session>(answer, HttpStatusCode.Created, cancellationToken)).Id);
    }

    /// <summary>The same session on another server of the data folder.</summary>
    public SessionClient On(SandboxServer server) => new(server.Client, Id);

    public async Task<Session> Get(CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync(Path, cancellationToken);
        return await ReadAs<Session>(answer, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Posts to one of the session's routes and leaves the answer to the caller.</summary>
    public Task<HttpResponseMessage> Post(string route, CancellationToken cancellationToken) => Http.PostAsync(Path + route, null, cancellationToken);

    public Task<HttpResponseMessage> End(CancellationToken cancellationToken) => Http.DeleteAsync(Path, cancellationToken);

    /// <summary>Sends a step and leaves the answer to the caller.</summary>
    public async Task<HttpResponseMessage> Send(object request, CancellationToken cancellationToken, double wait = 30, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, FormattableString.Invariant($"{Path}/steps?wait={wait}")) { Content = JsonContent.Create(request) };
        if (key is not null)
            message.Headers.Add("Idempotency-Key", key);
        return await Http.SendAsync(message, cancellationToken);
    }

    /// <summary>Runs a step to its end.</summary>
    public async Task<Step> Run(object request, CancellationToken cancellationToken)
    {
        using var answer = await Send(request, cancellationToken, wait: 60);
        return await ReadAs<Step>(answer, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Runs code in the session's language to its end.</summary>
    public Task<Step> Run(string code, CancellationToken cancellationToken) => Run(new { code }, cancellationToken);

    /// <summary>Starts a step and does not wait for its end; a short one may have ended nevertheless.</summary>
    public async Task<Step> Start(object request, CancellationToken cancellationToken, string? key = null)
    {
        using var answer = await Send(request, cancellationToken, wait: 0, key);
        var step = await ReadAs<Step>(answer, answer.StatusCode == HttpStatusCode.OK ? HttpStatusCode.OK : HttpStatusCode.Accepted, cancellationToken);
        Assert.Equal(step.Ended, answer.StatusCode == HttpStatusCode.OK);
        return step;
    }

    public async Task<Step> GetStep(long sequence, CancellationToken cancellationToken, int wait = 0)
    {
        using var answer = await Http.GetAsync($"{Path}/steps/{sequence}?wait={wait}", cancellationToken);
        return await ReadAs<Step>(answer, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>The step after its end.</summary>
    public async Task<Step> EndOf(long sequence, CancellationToken cancellationToken)
    {
        var step = await GetStep(sequence, cancellationToken, wait: 60);
        Assert.True(step.Ended, $"The step {step.Id} is still {step.Status}.");
        return step;
    }

    public async Task<StepPage> ListSteps(string query, CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync($"{Path}/steps?{query}", cancellationToken);
        return await ReadAs<StepPage>(answer, HttpStatusCode.OK, cancellationToken);
    }

    public async Task<Step> Interrupt(long sequence, CancellationToken cancellationToken)
    {
        using var answer = await Post($"/steps/{sequence}/interrupt", cancellationToken);
        return await ReadAs<Step>(answer, HttpStatusCode.OK, cancellationToken);
    }

    /// <summary>Waits until a step has printed something.</summary>
    public Task UntilItPrints(long sequence, string text, CancellationToken cancellationToken) => Eventually.True(
        async () => (await GetStep(sequence, cancellationToken)).Stdout!.Contains(text, StringComparison.Ordinal), $"the step prints {text}", cancellationToken);

    public IAsyncEnumerable<JobEvent> Events(long sequence, long after, CancellationToken cancellationToken) =>
        client.EventsAt($"{Path}/steps/{sequence}/events", after, cancellationToken);

    /// <summary>Asserts the answer's code and reads it.</summary>
    public static async Task<T> ReadAs<T>(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        return await SandboxClient.Read<T>(answer, cancellationToken);
    }

    /// <summary>Asserts that the answer is a problem of this status, and says its code.</summary>
    public static async Task<string> CodeOf(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken) =>
        (await ReadAs<Problem>(answer, expected, cancellationToken)).Code;
}
