using System.Net.Sockets;

namespace Sandbox.Client;

/// <summary>Makes the connections to the server, where the caller brings none.</summary>
internal static class Connections
{
    private const int KeepAliveSeconds = 30;
    private const int ProbeSeconds = 10;
    private const int Probes = 3;

    public static HttpClient Create(Uri server) => new(
        new SocketsHttpHandler
        {
            // A proxy of the environment cannot reach the loopback of this machine.
            UseProxy = !server.IsLoopback,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            // Names may lead elsewhere after a while.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
            ConnectCallback = Connect,
        })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // An event stream can be silent for long: without probes a peer that vanished would never be noticed.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
