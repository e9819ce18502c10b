using System.Net.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Egress.Proxy;

/// <summary>
/// Passes requests on, each over a connection of its own: a program that is sent elsewhere by a redirect asks anew, and is
/// judged anew. The host that is asked is the one of the URL, whatever the headers say.
/// </summary>
internal sealed partial class ForwardedRequests(IHttpForwarder forwarder, OutwardTls tls, IOptions<EgressOptions> options, ILogger<ForwardedRequests> logger) : IHttpApplication<HttpContext>, IDisposable
{
    private static readonly HttpRequestOptionsKey<Stream> Way = new("way");

    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = TimeSpan.FromSeconds(options.Value.IdleTimeoutSeconds) };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        // Nothing of one request is used for another.
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = (context, _) => context.InitialRequestMessage.Options.TryGetValue(Way, out var way)
            ? ValueTask.FromResult(way)
            : throw new InvalidOperationException("A request without a connection."),
    });

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        var connections = context.Features.GetRequiredFeature<EgressConnections>();
        if (TargetOf(context) is not { } target)
        {
            // A path alone is of no other host than this.
            if (connections.Own is { } own && context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.StartsWith('/'))
                await own(context);
            else
                await Answer(context, ProxyAnswer.Malformed);
            return;
        }

        if (connections.VirtualHost(target.IdnHost) is { } virtualHost)
        {
            await connections.Admit(context.RequestAborted);
            await virtualHost(context);
        }
        else
        {
            await Forward(context, connections, target);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task Forward(HttpContext context, EgressConnections connections, Uri target)
    {
        BrokeredHeaders? brokered;
        EgressConnection? connection;
        EgressReason? reason;
        try
        {
            // What is sent a secret is spoken with by TLS alone, so that the rules have to allow that.
            var port = target.IsDefaultPort ? TlsCheck.Port : target.Port;
            brokered = await connections.HeadersFor(target.IdnHost, port, context.RequestAborted);
            (connection, reason) = await connections.Open(target.IdnHost, brokered is null ? target.Port : port, isTls: brokered is not null, context.RequestAborted);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotOpened(e);
            await Answer(context, ProxyAnswer.Unrecorded);
            return;
        }

        if (connection is null)
        {
            await Answer(context, ProxyAnswer.Of(reason!.Value));
            return;
        }

        try
        {
            await (brokered is null
                ? Send(context, target, new ToTarget(target, connection))
                : SendBrokered(context, target, connection, brokered));
        }
        finally
        {
            await connections.Close(connection);
        }
    }

    private async Task SendBrokered(HttpContext context, Uri target, EgressConnection connection, BrokeredHeaders brokered)
    {
        if (HttpMethods.IsTrace(context.Request.Method))
            await Answer(context, ProxyAnswer.NoTrace);
        else if (await tls.Begin(connection, EgressName.Normalise(target.IdnHost)!, context.RequestAborted) is { } secured)
            await Send(context, target, new BrokeredTransformer(new ToTarget(target, secured), brokered));
        else
            await Answer(context, ProxyAnswer.TlsFailed);
    }

    private async Task Send(HttpContext context, Uri target, HttpTransformer transformer) =>
        await forwarder.SendAsync(context, target.GetLeftPart(UriPartial.Authority), _client, _config, transformer);

    private static Uri? TargetOf(HttpContext context) =>
        Uri.TryCreate(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, UriKind.Absolute, out var target)
            && target.Scheme == Uri.UriSchemeHttp && target.UserInfo.Length == 0
            ? target
            : null;

    private static Task Answer(HttpContext context, ProxyAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.Headers[ProxyAnswer.Header] = answer.Code;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(answer.Text + "\n", context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A connection out of a sandbox could not be made")]
    private partial void LogNotOpened(Exception exception);

    private sealed class ToTarget(Uri target, Stream connection) : HttpTransformer
    {
        private static readonly string[] ForTheProxy = ["Proxy-Authorization", "Proxy-Connection"];

        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            foreach (var name in ForTheProxy)
                proxyRequest.Headers.Remove(name);
            proxyRequest.RequestUri = target;
            proxyRequest.Headers.Host = null;
            proxyRequest.Options.Set(Way, connection);
        }
    }
}
