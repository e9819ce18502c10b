using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Cli.Client;

/// <summary>The REST calls that the commands need.</summary>
internal sealed class ApiClient : IDisposable
{
    private const int PollSeconds = 30;
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;
    private readonly ServerAddress _server;
    private readonly Retry _retry;

    public ApiClient(ServerAddress server, TimeProvider time)
    {
        _server = server;
        _retry = new Retry(time);
        _http = new HttpClient(Connections.Create(server.Url)) { BaseAddress = server.Url, Timeout = Timeout.InfiniteTimeSpan };
        if (server.ApiKey is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.ApiKey);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Submits a job. One idempotency key serves every try, so a lost answer cannot run the job twice.</summary>
    public Task<Reply<Job>> Submit(JobRequest request, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        return Call(Create, Wire.Default.Job, cancellationToken);

        HttpRequestMessage Create() => new(HttpMethod.Post, "v1/jobs")
        {
            Headers = { { "Idempotency-Key", key } },
            Content = JsonContent.Create(request, Wire.Default.JobRequest),
        };
    }

    public Task<Reply<Job>> Get(string id, CancellationToken cancellationToken) =>
        Call(() => new(HttpMethod.Get, JobPath(id)), Wire.Default.Job, cancellationToken);

    public async Task<Reply<Job>> WaitForEnd(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reply = await Call(() => new(HttpMethod.Get, $"{JobPath(id)}?wait={PollSeconds}"), Wire.Default.Job, cancellationToken);
            if (reply.Value.HasEnded)
                return reply;
        }
    }

    public Task<Reply<JobPage>> List(string query, CancellationToken cancellationToken) =>
        Call(() => new(HttpMethod.Get, "v1/jobs" + query), Wire.Default.JobPage, cancellationToken);

    public Task<Reply<Job>> Cancel(string id, CancellationToken cancellationToken) =>
        Call(() => new(HttpMethod.Post, JobPath(id) + "/cancel"), Wire.Default.Job, cancellationToken);

    public async Task Delete(string id, CancellationToken cancellationToken)
    {
        using var response = await Send(() => new(HttpMethod.Delete, JobPath(id)), cancellationToken);
    }

    /// <summary>Opens the content of an artifact; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> OpenArtifact(string id, CancellationToken cancellationToken) =>
        Send(() => new(HttpMethod.Get, $"v1/artifacts/{Uri.EscapeDataString(id)}/content"), cancellationToken);

    /// <summary>Opens the job's events after the given id, once; resuming is <see cref="JobEventStream"/>'s.</summary>
    public async Task<HttpResponseMessage> OpenEvents(string id, string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, JobPath(id) + "/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await SendOnce(request, cancellationToken);
    }

    private static string JobPath(string id) => "v1/jobs/" + Uri.EscapeDataString(id);

    private async Task<Reply<T>> Call<T>(Func<HttpRequestMessage> create, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await Send(create, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return new Reply<T>(JsonSerializer.Deserialize(body, type) ?? throw new JsonException(), body);
        }
        catch (JsonException)
        {
            throw new CliException($"{_server.Url} answered with something that is not Sandbox's interface; is SANDBOX_URL right?");
        }
    }

    private Task<HttpResponseMessage> Send(Func<HttpRequestMessage> create, CancellationToken cancellationToken) =>
        _retry.Run(
            async () =>
            {
                using var request = create();
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(s_callTimeout);
                return await SendOnce(request, limit.Token);
            },
            Unreachable,
            cancellationToken);

    private async Task<HttpResponseMessage> SendOnce(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Refusals.Read(response, hasKey: _server.ApiKey is not null, cancellationToken);
    }

    private CliException Unreachable(Exception reason) =>
        new($"no server answers at {_server.Url.GetLeftPart(UriPartial.Authority)} ({reason.Message}). Start one with `./sandbox up --detach`.");
}

/// <summary>An answer as a value and as the bytes that it came in, which <c>--json</c> passes on whole.</summary>
internal sealed record Reply<T>(T Value, byte[] Body);
