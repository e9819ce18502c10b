using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress.Proxy;

/// <summary>
/// The proxy for requests without TLS (<c>GET http://host/path</c>): Kestrel reads them from the tunnels of sandboxes, which are
/// all that it listens on.
/// </summary>
internal sealed class HttpProxy : IAsyncDisposable
{
    private readonly TunnelListener _tunnels = new();
    private readonly KestrelServer _server;
    private readonly ForwardedRequests _requests;
    private readonly Lazy<Task> _started;

    public HttpProxy(ForwardedRequests requests, IServiceProvider services, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false, AllowHostHeaderOverride = true };
        // How much and how fast is bounded by the connection, and by the memory of neither side.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(_tunnels.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        _requests = requests;
        _server = new KestrelServer(Options.Create(options), _tunnels, loggers);
        _started = new Lazy<Task>(() => _server.StartAsync(_requests, CancellationToken.None));
    }

    /// <summary>Starts it, where it was not yet.</summary>
    public Task Start(CancellationToken cancellationToken) => _started.Value.WaitAsync(cancellationToken);

    /// <summary>Serves the requests of one tunnel until it ends.</summary>
    public async Task Serve(IAgentTunnel tunnel, EgressConnections connections, CancellationToken stop)
    {
        var connection = new TunnelConnection(tunnel, connections);
        await using var cut = stop.Register(() => connection.Abort());
        _tunnels.Offer(connection);
        await connection.Ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_started.IsValueCreated)
            await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }
}
