using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Sandbox.Grains.Abstractions.Ports;

namespace Sandbox.Api.Ports;

/// <summary>A client for each port that is in use, with its connections, which are kept open between requests; gone with the way to it.</summary>
internal sealed class PortClients : IDisposable
{
    private const int MostConnections = 200;
    private const int MostHeaderKibibytes = 64;
    private static readonly TimeSpan KeptIdle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<IPortRoute, HttpMessageInvoker> _clients = new();

    public HttpMessageInvoker Of(IPortRoute route)
    {
        if (_clients.TryGetValue(route, out var known))
            return known;
        var client = _clients.GetOrAdd(route, static way => Make(way));
        // Registered for each that finds none: removing it twice does no harm.
        route.Ended.Register(() => Forget(route));
        return client;
    }

    public void Dispose()
    {
        foreach (var route in _clients.Keys)
            Forget(route);
    }

    private void Forget(IPortRoute route)
    {
        if (_clients.TryRemove(route, out var client))
            client.Dispose();
    }

    // Nothing of the framework's own is added: no cookies, redirections, decompression, traces, or proxy of the server's.
    private static HttpMessageInvoker Make(IPortRoute route) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Connecting,
        // As this server has read them.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        MaxConnectionsPerServer = MostConnections,
        MaxResponseHeadersLength = MostHeaderKibibytes,
        PooledConnectionIdleTimeout = KeptIdle,
        ResponseDrainTimeout = TimeSpan.Zero,
        ConnectCallback = async (_, cancellationToken) => await route.Connect(cancellationToken),
    });
}
