using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sandbox.Egress.Tests.Testing;

/// <summary>A server on the loopback that the test speaks for; it echoes where nothing else is said.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _open = [];
    private readonly Func<Stream, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    public EchoServer(Func<Stream, Task>? serve = null)
    {
        _serve = serve ?? (stream => stream.CopyToAsync(stream));
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that it has got.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var socket in _open)
            socket.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Accept()
    {
        while (true)
        {
            var socket = await _listener.AcceptSocketAsync();
            Interlocked.Increment(ref _connections);
            _open.Add(socket);
            _ = Serve(socket);
        }
    }

    private async Task Serve(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await _serve(stream);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other side is gone.
        }
    }
}
