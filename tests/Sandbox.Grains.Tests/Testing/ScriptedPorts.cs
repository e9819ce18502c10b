using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Tests.Testing;

/// <summary>The loopback of a scripted sandbox: its ports lead to servers of the test, or nowhere.</summary>
internal sealed class ScriptedPorts : ISandboxPorts
{
    private readonly ConcurrentDictionary<int, IPEndPoint> _open = new();

    /// <summary>Something listens on a port from now on.</summary>
    public void Open(int port, IPEndPoint server) => _open[port] = server;

    /// <summary>Nothing listens there any more.</summary>
    public void Close(int port) => _open.TryRemove(port, out _);

    public async Task<Stream> Connect(int port, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(port, out var server))
            throw new AgentRequestException(AgentErrors.NotFound, "Nothing listens there.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
