using System.Net.Sockets;

namespace Sandbox.Cli.Client;

/// <summary>Makes the connections to the server.</summary>
internal static class Connections
{
    private const int KeepAliveSeconds = 30;

    public static SocketsHttpHandler Create(Uri server) => new()
    {
        // A proxy of the environment cannot reach the loopback of this machine.
        UseProxy = !server.IsLoopback,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ConnectCallback = Connect,
    };

    private static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // An event stream can be silent for long: without probes a peer that vanished would never be noticed.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
