using System.Net.Sockets;
using Sandbox.Agent.Ports;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>A connection of the host: the channel, or a tunnel to a port. Its first byte tells which.</summary>
internal sealed class HostConnection(Socket socket, RequestRouter router, AgentToken token) : IDisposable
{
    private static readonly TimeSpan FirstByteTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource closed = new();

    /// <summary>Serves until the connection is over, for whatever reason.</summary>
    public async Task Run()
    {
        try
        {
            if (await BeginsWithFrame())
                await new PortTunnel(socket, token).Run(closed.Token);
            else
                await Serve();
        }
        catch (Exception)
        {
            // It broke, or nobody said what it is for. It ends, and nothing else.
        }
    }

    /// <summary>Ends it; <see cref="Run"/> completes when nothing of it is open.</summary>
    public void Close() => closed.Cancel();

    public void Dispose()
    {
        socket.Dispose();
        closed.Dispose();
    }

    // No frame of a multiplexed stream begins with that byte.
    private async Task<bool> BeginsWithFrame()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closed.Token);
        patience.CancelAfter(FirstByteTimeout);
        byte[] first = new byte[1];
        int count = await socket.ReceiveAsync(first, SocketFlags.Peek, patience.Token);
        return count == 0 ? throw new IOException("The host closed the connection at once.") : first[0] == (byte)FrameType.Json;
    }

    private async Task Serve()
    {
        using var connection = new Connection(new NetworkStream(socket, ownsSocket: true), router);
        await using var closing = closed.Token.Register(connection.Close);
        await connection.Run();
    }
}
