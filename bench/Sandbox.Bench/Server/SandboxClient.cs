using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Sandbox.Bench.Baselines;

namespace Sandbox.Bench.Server;

/// <summary>The REST calls that are measured, over connections that stay open.</summary>
internal sealed class SandboxClient : IDisposable
{
    private const string WaitQuery = "?wait=30";

    private readonly HttpClient _http;

    public SandboxClient(Uri address, string key)
    {
        (Address, Key) = (address, key);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
            // No trace headers: the server would do more than it is asked.
            ActivityHeadersPropagator = null,
        };
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(90) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Where the server is.</summary>
    public Uri Address { get; }

    /// <summary>A key that it takes.</summary>
    public string Key { get; }

    /// <summary>Runs the measured program to its end, and answers with the milliseconds until the whole result was here.</summary>
    /// <exception cref="BenchException">The job did not succeed.</exception>
    public async Task<double> RunJob(JobBody body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, "v1/jobs" + WaitQuery, body.ToContent(), cancellationToken);
        CheckEnded(answer);
        return answer.Milliseconds;
    }

    /// <summary>Submits the measured program, and answers with the milliseconds until it was acknowledged, and its id.</summary>
    /// <exception cref="BenchException">It was not accepted.</exception>
    public async Task<(double Milliseconds, string Id)> Submit(JobBody body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, "v1/jobs", body.ToContent(), cancellationToken);
        if (answer.Status != HttpStatusCode.Accepted)
            throw new BenchException($"A job was not accepted: {answer.Summary()}");
        using var job = JsonDocument.Parse(answer.Body);
        return (answer.Milliseconds, job.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>Opens a page of the dashboard, and answers with the milliseconds until all of it was here.</summary>
    /// <exception cref="BenchException">It was not shown.</exception>
    public async Task<double> OpenPage(string path, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Get, path, null, cancellationToken, "text/html");
        return answer.Status == HttpStatusCode.OK ? answer.Milliseconds : throw new BenchException($"The page {path} was not shown: {answer.Summary()}");
    }

    /// <summary>Waits for the end of a job.</summary>
    /// <exception cref="BenchException">It did not succeed.</exception>
    public async Task AwaitEnd(string id, CancellationToken cancellationToken) =>
        CheckEnded(await Send(HttpMethod.Get, $"v1/jobs/{id}{WaitQuery}", null, cancellationToken));

    /// <summary>Runs a workflow to its end, and answers with the milliseconds until its end was here.</summary>
    /// <exception cref="BenchException">It did not succeed.</exception>
    public async Task<double> RunWorkflow(HttpContent body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, "v1/workflows?wait=60", body, cancellationToken);
        return answer.Status == HttpStatusCode.OK && answer.Text.Contains("\"status\":\"succeeded\"", StringComparison.Ordinal)
            && !answer.Text.Contains("\"status\":\"failed\"", StringComparison.Ordinal)
            ? answer.Milliseconds
            : throw new BenchException($"A workflow did not succeed: {answer.Summary()}");
    }

    /// <summary>Why the server refuses such jobs; null when it runs them.</summary>
    public async Task<string?> WhyRefused(JobBody body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, "v1/jobs" + WaitQuery, body.ToContent(), cancellationToken);
        return answer.Status == HttpStatusCode.UnprocessableEntity ? answer.Summary() : null;
    }

    /// <summary>Opens a session, and answers with the milliseconds until it was there, and its id.</summary>
    /// <exception cref="BenchException">It was not made.</exception>
    public async Task<(double Milliseconds, string Id)> CreateSession(CancellationToken cancellationToken, long? diskBytes = null)
    {
        object request = diskBytes is { } disk ? new { limits = new { diskBytes = disk, memoryBytes = disk * 2 } } : new { };
        var answer = await Send(HttpMethod.Post, "v1/sessions", JsonContent.Create(request), cancellationToken);
        if (answer.Status != HttpStatusCode.Created)
            throw new BenchException($"A session was not made: {answer.Summary()}");
        using var session = JsonDocument.Parse(answer.Body);
        return (answer.Milliseconds, session.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>Calls a tool by MCP, and answers with the milliseconds until its answer was here.</summary>
    /// <exception cref="BenchException">It did not succeed.</exception>
    public async Task<double> CallTool(HttpContent body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, "mcp", body, cancellationToken, "application/json, text/event-stream");
        return answer.Status == HttpStatusCode.OK && answer.Text.Contains("\"status\":\"succeeded\"", StringComparison.Ordinal)
            ? answer.Milliseconds
            : throw new BenchException($"A call did not succeed: {answer.Summary()}");
    }

    /// <summary>Runs a step, and answers with the milliseconds until its result was here.</summary>
    /// <exception cref="BenchException">It did not succeed.</exception>
    public async Task<double> RunStep(string session, StepBody body, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Post, $"v1/sessions/{session}/steps", body.ToContent(), cancellationToken);
        return answer.Status == HttpStatusCode.OK && answer.Text.Contains("\"succeeded\"", StringComparison.Ordinal)
            ? answer.Milliseconds
            : throw new BenchException($"A step did not succeed: {answer.Summary()}");
    }

    /// <summary>Ends a session.</summary>
    public async Task EndSession(string session, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Delete, $"v1/sessions/{session}", null, cancellationToken);
        if (answer.Status != HttpStatusCode.NoContent)
            throw new BenchException($"A session could not be ended: {answer.Summary()}");
    }

    /// <summary>Writes a file of so many bytes, and answers with the milliseconds that it took.</summary>
    public async Task<double> Upload(string session, long bytes, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Put, $"v1/sessions/{session}/files/large", new StreamContent(new ZeroStream(bytes), 1 << 20), cancellationToken);
        return answer.Status is HttpStatusCode.OK or HttpStatusCode.Created
            ? answer.Milliseconds
            : throw new BenchException($"An upload failed: {answer.Summary()}");
    }

    /// <summary>Reads that file, and answers with the milliseconds until its last byte.</summary>
    public async Task<double> Download(string session, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        using var response = await _http.GetAsync($"v1/sessions/{session}/files/large", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        await content.CopyToAsync(Stream.Null, 1 << 20, cancellationToken);
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    /// <summary>
    /// Starts a program that prints so many bytes, follows its events to the end, and answers with the milliseconds from the first to the
    /// last of them, and the bytes of output that came.
    /// </summary>
    public async Task<(double Milliseconds, long Bytes)> FollowOutput(string session, long bytes, CancellationToken cancellationToken)
    {
        var body = JsonContent.Create(new { shell = $"head -c {bytes} /dev/zero | tr '\\0' x" });
        var answer = await Send(HttpMethod.Post, $"v1/sessions/{session}/commands", body, cancellationToken);
        if (answer.Status != HttpStatusCode.Created)
            throw new BenchException($"A command was not started: {answer.Summary()}");
        using var command = JsonDocument.Parse(answer.Body);
        var number = command.RootElement.GetProperty("number").GetInt64();
        var begin = Stopwatch.GetTimestamp();
        using var response = await _http.GetAsync($"v1/sessions/{session}/commands/{number}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        long received = 0;
        await foreach (var item in SseParser.Create(content, static (type, data) => type == "stdout" ? TextBytes(data) : 0).EnumerateAsync(cancellationToken))
            received += item.Data;
        return (Stopwatch.GetElapsedTime(begin).TotalMilliseconds, received);
    }

    /// <summary>Starts a service and waits until it answers; its id, and the path that leads to it.</summary>
    /// <exception cref="BenchException">It does not.</exception>
    public async Task<(string Id, string Path)> StartService(string code, int port, CancellationToken cancellationToken)
    {
        // As many processors as there are: what is measured is the way to it.
        var request = new { language = "javascript", code, port, limits = new { cpu = Environment.ProcessorCount } };
        var answer = await Send(HttpMethod.Post, "v1/services", JsonContent.Create(request), cancellationToken);
        if (answer.Status != HttpStatusCode.Accepted)
            throw new BenchException($"A service was not started: {answer.Summary()}");
        using var service = JsonDocument.Parse(answer.Body);
        var id = service.RootElement.GetProperty("id").GetString()!;
        var started = await Send(HttpMethod.Get, $"v1/services/{id}?wait=60", null, cancellationToken);
        return started.Text.Contains("\"running\"", StringComparison.Ordinal)
            ? (id, $"v1/services/{id}/proxy/")
            : throw new BenchException($"A service does not answer: {started.Summary()}");
    }

    /// <summary>Stops a service.</summary>
    public async Task StopService(string id, CancellationToken cancellationToken) =>
        await Send(HttpMethod.Delete, $"v1/services/{id}", null, cancellationToken);

    /// <summary>Reads a short answer, and says how many milliseconds it took.</summary>
    /// <exception cref="BenchException">It was not a good one.</exception>
    public async Task<double> Fetch(string address, CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Get, address, null, cancellationToken);
        return answer.Status == HttpStatusCode.OK ? answer.Milliseconds : throw new BenchException($"{address} answered {answer.Summary()}");
    }

    /// <summary>Reads a long answer, which has to have so many bytes, and says how many milliseconds it took.</summary>
    /// <exception cref="BenchException">It had others.</exception>
    public async Task<double> Drain(string address, long bytes, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        using var response = await _http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 20];
        long received = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            received += count;
        return received == bytes
            ? Stopwatch.GetElapsedTime(begin).TotalMilliseconds
            : throw new BenchException($"{address} had {received} bytes instead of {bytes}.");
    }

    public async Task<string> Metrics(CancellationToken cancellationToken)
    {
        var answer = await Send(HttpMethod.Get, "metrics", null, cancellationToken);
        return answer.Status == HttpStatusCode.OK ? answer.Text : throw new BenchException($"/metrics answered {answer.Summary()}");
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);
        try
        {
            var begin = Stopwatch.GetTimestamp();
            using var response = await _http.SendAsync(request, cancellationToken);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new Answer(Stopwatch.GetElapsedTime(begin).TotalMilliseconds, response.StatusCode, content);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new BenchException($"{method} {path} failed: {e.Message}", e);
        }
    }

    private static int TextBytes(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("text"u8) && reader.Read())
                return reader.ValueSpan.Length;
        }

        return 0;
    }

    private static void CheckEnded(Answer answer)
    {
        if (answer.Status != HttpStatusCode.OK)
            throw new BenchException($"A job did not end: {answer.Summary()}");
        using var job = JsonDocument.Parse(answer.Body);
        if (job.RootElement.GetProperty("status").GetString() != "succeeded"
            || job.RootElement.GetProperty("stdout").GetString() != MeasuredProgram.ExpectedOutput)
        {
            throw new BenchException($"A job did not succeed: {answer.Summary()}");
        }
    }

    private sealed record Answer(double Milliseconds, HttpStatusCode Status, byte[] Body)
    {
        private const int MaxText = 500;

        public string Text => Encoding.UTF8.GetString(Body);

        public string Summary() => $"{(int)Status} {(Text.Length <= MaxText ? Text : Text[..MaxText])}";
    }
}
