using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Cli.Client;

/// <summary>Calls to the server: one credential, every failure in words, and another attempt for what passes.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan s_callTimeout = TimeSpan.FromSeconds(100);

    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);

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

    /// <summary>Calls to an answer in JSON, as often as it takes.</summary>
    /// <param name="create">Makes the request, for each attempt anew; safe to repeat.</param>
    /// <param name="type">Form of the answer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Reply<T>> Call<T>(Func<HttpRequestMessage> create, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await Send(create, cancellationToken);
        return await ReadReply(response, type, cancellationToken);
    }

    /// <summary>Calls to the answer's head, as often as it takes; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> Send(Func<HttpRequestMessage> create, CancellationToken cancellationToken) =>
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

    /// <summary>Sends a body that is read only once, for as long as it takes.</summary>
    public async Task<Reply<T>> Upload<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        // A refusal comes before the body goes.
        request.Headers.ExpectContinue = true;
        try
        {
            using var response = await SendOnce(request, cancellationToken);
            return await ReadReply(response, type, cancellationToken);
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            throw Retry.IsRefused(e) ? Unreachable(e.InnerException ?? e) : new CliException("the connection broke off before the server had confirmed the file.");
        }
    }

    /// <summary>Calls once: for what a second try would make twice, or find made already.</summary>
    public async Task<Reply<T>> CallOnce<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_callTimeout);
            using var response = await SendOnce(request, limit.Token);
            return await ReadReply(response, type, limit.Token);
        }
        catch (Exception e) when (Retry.IsLostConnection(e, cancellationToken))
        {
            throw Retry.IsRefused(e) ? Unreachable(e.InnerException ?? e) : new CliException("the connection broke off before the server had answered; look with list whether it was made.");
        }
    }

    /// <summary>Opens a stream of events after the given id, once; resuming is <see cref="EventStream"/>'s.</summary>
    public async Task<HttpResponseMessage> OpenEvents(string path, string? lastEventId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await SendOnce(request, cancellationToken);
    }

    /// <summary>Opens a WebSocket, once; the caller disposes it.</summary>
    public async Task<ClientWebSocket> OpenSocket(string path, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.KeepAliveInterval = s_keepAlive;
            socket.Options.KeepAliveTimeout = s_keepAlive;
            if (_server.ApiKey is not null)
                socket.Options.SetRequestHeader("Authorization", $"Bearer {_server.ApiKey}");
            var address = new UriBuilder(new Uri(_server.Url, path)) { Scheme = _server.Url.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs };
            using var invoker = new HttpMessageInvoker(Connections.Create(_server.Url), disposeHandler: false);
            await socket.ConnectAsync(address.Uri, invoker, cancellationToken);
            return socket;
        }
        catch (WebSocketException) when ((int)socket.HttpStatusCode is >= 400 and < 500 and var status)
        {
            socket.Dispose();
            throw new ApiException(status, $"the server refused the terminal (HTTP {status}){(status == 429 ? ": too many commands of the session run" : string.Empty)}", null);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Reply<T>> ReadReply<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
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
