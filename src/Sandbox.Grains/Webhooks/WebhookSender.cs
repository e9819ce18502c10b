using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Outward;
using Sandbox.Grains.Abstractions.Webhooks;

namespace Sandbox.Grains.Webhooks;

/// <summary>
/// Posts events. The connection goes to an address that was checked after it was resolved; redirections are not followed, nothing is
/// kept from one request for the next, and of the answer only the status is looked at.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const string IdHeader = "webhook-id";
    private const string TimeHeader = "webhook-timestamp";
    private const string SignatureHeader = "webhook-signature";
    private const int LargestHead = 16; // KiB
    private const int LargestBody = 64 * 1024;

    private readonly IOutwardDialer _dialer;
    private readonly WebhookUrl _urls;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly HttpClient _http;

    public WebhookSender(IOutwardDialer dialer, OutwardAuthorities authorities, WebhookUrl urls, IOptions<WebhookOptions> options, TimeProvider time)
    {
        (_dialer, _urls, _time) = (dialer, urls, time);
        _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // No trace of ours is a stranger's business.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = LargestHead,
            MaxResponseDrainSize = LargestBody,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = authorities.Accepts },
            ConnectCallback = Connect,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>One attempt.</summary>
    /// <param name="webhook">Where to.</param>
    /// <param name="id">Id of the delivery.</param>
    /// <param name="body">The event.</param>
    /// <param name="secrets">What to sign with.</param>
    /// <param name="cancellationToken">Gives up without an outcome.</param>
    public async Task<WebhookAttempt> Send(
        Webhook webhook, DeliveryId id, ReadOnlyMemory<byte> body, IReadOnlyList<ReadOnlyMemory<byte>> secrets, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        if (!WebhookUrl.TryParse(webhook.Url, out var url) || !_urls.IsAllowed(url))
            return new WebhookAttempt(null, DeliveryErrors.TlsRequired, TimeSpan.Zero);
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        int? status = null;
        string? error;
        try
        {
            using var request = Request(url, id, _time.GetUtcNow(), body, secrets);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            status = (int)response.StatusCode;
            error = response.IsSuccessStatusCode ? null : DeliveryErrors.Status;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = DeliveryErrors.Timeout;
        }
        catch (HttpRequestException e)
        {
            error = ErrorOf(e);
        }

        return new WebhookAttempt(status, error, _time.GetElapsedTime(began));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(Uri url, DeliveryId id, DateTimeOffset at, ReadOnlyMemory<byte> body, IReadOnlyList<ReadOnlyMemory<byte>> secrets)
    {
        var content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Sandbox-Webhooks", "1"));
        request.Headers.Add(IdHeader, id.ToString());
        request.Headers.Add(TimeHeader, WebhookSignature.Timestamp(at));
        request.Headers.Add(SignatureHeader, WebhookSignature.Of(id.ToString(), at, body.Span, secrets));
        return request;
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var dial = await _dialer.Dial(context.DnsEndPoint.Host, context.DnsEndPoint.Port, _urls.Opened, cancellationToken);
        return dial.Socket is { } socket ? new NetworkStream(socket, ownsSocket: true) : throw new NotDialledException(dial.Reason!);
    }

    private static string ErrorOf(HttpRequestException exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is NotDialledException { Reason: DeliveryErrors.NameNotFound or DeliveryErrors.AddressReserved } refused)
                return refused.Reason;
        }

        return exception.HttpRequestError == HttpRequestError.SecureConnectionError ? DeliveryErrors.TlsFailed : DeliveryErrors.Unreachable;
    }

    private sealed class NotDialledException(string reason) : IOException(reason)
    {
        public string Reason { get; } = reason;
    }
}
