using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sandbox.Client;

/// <summary>Calls to the server: one credential, one tenant, every failure as one exception, and another attempt for what passes.</summary>
internal sealed class Transport
{
    private const int NotFound = 404;
    private const int Gone = 410;
    private const int TooManyRequests = 429;
    private const int LongestWaitSeconds = 30;
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly string? _credential;
    private readonly SandboxClientOptions _options;
    private readonly Retry _retry;

    public Transport(HttpClient http, Uri server, string? credential, SandboxClientOptions options)
    {
        (_http, _server, _credential, _options) = (http, server, credential, options);
        _retry = new Retry(options, server);
    }

    /// <summary>For how long one request asks the server to wait: well within what an attempt may take.</summary>
    public int WaitSeconds => Math.Clamp((int)(_options.AttemptTimeout.TotalSeconds / 2), 1, LongestWaitSeconds);

    /// <summary>Calls to an answer in JSON, as often as it takes.</summary>
    /// <param name="request">What to send; safe to repeat.</param>
    /// <param name="type">Form of the answer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Reply<T>> Call<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        Fetch(request, (response, token) => ReadJson(response, type, token), cancellationToken);

    /// <summary>Calls for an answer without content.</summary>
    public async Task Send(ApiRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Open(request, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxException e) when (request is { IsRemoval: true, MayBeDone: true } && e.Status is (NotFound or Gone))
        {
            // An earlier attempt, whose answer was lost, has removed it.
        }
    }

    /// <summary>Calls to the answer's head, as often as it takes; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> Open(ApiRequest request, CancellationToken cancellationToken) =>
        _retry.Run(
            async token =>
            {
                using var limit = Limit(request, token);
                return await SendOnce(request, limit.Token).ConfigureAwait(false);
            },
            request,
            cancellationToken);

    /// <summary>Calls for an answer that is small, and reads it whole, as often as it takes.</summary>
    /// <param name="request">What to send; safe to repeat.</param>
    /// <param name="read">Reads the answer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<T> Fetch<T>(ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        _retry.Run(
            async token =>
            {
                using var limit = Limit(request, token);
                using var response = await SendOnce(request, limit.Token).ConfigureAwait(false);
                return await read(response, limit.Token).ConfigureAwait(false);
            },
            request,
            cancellationToken);

    /// <summary>The events of something, over as many connections as it takes.</summary>
    /// <param name="path">Where they are, with the query.</param>
    /// <param name="after">Id of the last event that is known; null for all.</param>
    public EventStream Events(string path, string? after) => new((last, token) => OpenEvents(path, last, token), _options, _retry, after);

    /// <summary>Opens a WebSocket, once; the caller disposes it.</summary>
    public async Task<ClientWebSocket> OpenSocket(string path, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.KeepAliveInterval = s_keepAlive;
            socket.Options.KeepAliveTimeout = s_keepAlive;
            if (_credential is not null)
                socket.Options.SetRequestHeader("Authorization", $"Bearer {_credential}");
            if (_options.TenantId is { } tenant)
                socket.Options.SetRequestHeader(ApiRequest.TenantHeader, tenant);
            var address = new UriBuilder(new Uri(_server, path)) { Scheme = _server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs };
            using var limit = new Deadline(_options.AttemptTimeout, _options.TimeProvider, cancellationToken);
            await socket.ConnectAsync(address.Uri, _http, limit.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception e)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            if (e is WebSocketException || Retry.IsLostConnection(e, cancellationToken))
                throw Unopened(e, status);
            throw;
        }
    }

    private SandboxException Unopened(Exception e, int status) => status switch
    {
        0 => _retry.Unreachable(e),
        >= 400 and < 600 => new SandboxException(
            status,
            new ProblemDocument { Detail = $"The server refused the terminal (HTTP {status}){(status == TooManyRequests ? ": too many commands of the session run" : string.Empty)}." },
            inner: e),
        _ => UnknownAnswer(e),
    };

    private SandboxException UnknownAnswer(Exception e) =>
        new(SandboxFailure.UnknownAnswer, $"{_server} answered with something that is not Sandbox's interface.", e);

    private async Task<Reply<T>> ReadJson<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new Reply<T>(JsonSerializer.Deserialize(body, type) ?? throw new JsonException(), body);
        }
        catch (JsonException e)
        {
            throw UnknownAnswer(e);
        }
    }

    private async Task<HttpResponseMessage> OpenEvents(string path, string? last, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, path) { Accept = "text/event-stream", Header = last is null ? null : ("Last-Event-ID", last) };
        using var limit = Limit(request, cancellationToken);
        return await SendOnce(request, limit.Token).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendOnce(ApiRequest request, CancellationToken cancellationToken)
    {
        using var message = request.Message(_server, _options.TenantId);
        if (_credential is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _credential);
        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await Problems.Read(response, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    // Content goes for as long as it takes.
    private Deadline Limit(ApiRequest request, CancellationToken cancellationToken) =>
        new(request.IsTransfer ? Timeout.InfiniteTimeSpan : _options.AttemptTimeout, _options.TimeProvider, cancellationToken);
}
