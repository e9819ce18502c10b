using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Sandbox.Api.Forwarding;
using Sandbox.Api.Http;
using Sandbox.Runtime;
using Sandbox.Silo;
using Yarp.ReverseProxy.Forwarder;

namespace Sandbox.Api.Embedded;

/// <summary>
/// The other server processes of the data folder, which hold sandboxes of the same node. What one of them holds is reached by
/// passing the request on to it, as it came, over a socket that root alone can open. It is authenticated there anew.
/// </summary>
internal sealed class Peers(IHttpForwarder forwarder, DataFolder folder, IOptions<EmbeddedOptions> options, IOptions<RuntimeOptions> runtime) : IPeers, IDisposable
{
    // Streams of events are silent for as long as nothing happens.
    private static readonly ForwarderRequestConfig Patient = new() { ActivityTimeout = TimeSpan.FromDays(1) };

    private readonly Dictionary<string, HttpMessageInvoker> _members = Enumerable.Range(1, options.Value.Members)
        .ToDictionary(DataFolder.NameOf, member => Connect(SocketOf(runtime.Value, folder, member)));

    public bool Any => options.Value.Members > 1;

    public string Own => folder.SiloName;

    /// <summary>Where a member listens for the others.</summary>
    public static string SocketOf(RuntimeOptions runtime, DataFolder folder, int member) =>
        Path.Combine(runtime.RunDirectory, folder.Instance, "members", DataFolder.NameOf(member) + ".sock");

    public bool IsFromPeer(HttpContext context) => PeerClient.IsFromPeer(context);

    public async Task<bool> Forward(HttpContext context, string process)
    {
        if (!_members.TryGetValue(process, out var member))
            return false;
        // The one who answers bounds the body, too, as the route has it.
        StreamedBody.OfAnySizeAndPace(context);
        var error = await forwarder.SendAsync(context, "http://peer", member, Patient, AsItCame.Transformer, context.RequestAborted);
        return error == ForwarderError.None || context.Response.HasStarted || context.RequestAborted.IsCancellationRequested;
    }

    public void Dispose()
    {
        foreach (var member in _members.Values)
            member.Dispose();
    }

    private static HttpMessageInvoker Connect(string path) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = false,
        ActivityHeadersPropagator = null,
        // As this server has read them.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });

    // As it came: whether a page may open a terminal is told by the host that the client named, and a file's name by the target as it was
    // sent. Decoded and encoded again, an encoded slash would be a part of the name.
    private sealed class AsItCame : HttpTransformer
    {
        public static readonly AsItCame Transformer = new();

        private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            proxyRequest.Headers.Remove(PeerClient.HeaderName);
            if (PeerClient.AddressOf(httpContext) is { } client)
                proxyRequest.Headers.TryAddWithoutValidation(PeerClient.HeaderName, client);
            if (httpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target)
                proxyRequest.RequestUri = new Uri(destinationPrefix + target, Verbatim);
        }
    }
}
