using System.Net;
using System.Net.Sockets;
using Sandbox.Agent.Channel;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Agent.Ports;

/// <summary>
/// A connection of the host that carries the bytes of one connection to the loopback inside. Nothing else can be reached by it: the
/// address is always the sandbox's own.
/// </summary>
internal sealed class PortTunnel(Socket host, AgentToken token)
{
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs until either side has gone, or it is not wanted any more.</summary>
    public async Task Run(CancellationToken closed)
    {
        await using var stream = new NetworkStream(host, ownsSocket: false);
        try
        {
            using Socket program = await Open(stream, closed);
            await StreamFrames.WriteJson(stream, FrameType.Json, new Empty(), ProtocolJson.Default.Empty, closed);
            await Splice.Run(host, program, closed);
        }
        catch (RequestException refusal)
        {
            await StreamFrames.WriteJson(stream, FrameType.Error, new AgentError(refusal.Code, refusal.Message), ProtocolJson.Default.AgentError, closed);
        }
    }

    private async Task<Socket> Open(NetworkStream stream, CancellationToken closed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closed);
        patience.CancelAfter(HelloTimeout);
        Frame frame = await StreamFrames.Read(stream, PortTunnels.MaxFrameBytes, patience.Token);
        ConnectPortRequest wanted = FrameReader.ParseJson(frame.Payload, ProtocolJson.Default.ConnectPortRequest);
        if (!token.IsKnown(wanted.Token) || wanted.Version != AgentProtocol.Version)
            throw new RequestException(AgentErrors.Unauthorized, "The connection did not greet with this sandbox's token.");
        if (wanted.Port is < 1 or > IPEndPoint.MaxPort or EgressProxy.Port)
            throw new RequestException(AgentErrors.Invalid, "No such port.");
        return await Connect(IPAddress.Loopback, wanted.Port, closed)
            ?? await Connect(IPAddress.IPv6Loopback, wanted.Port, closed)
            ?? throw new RequestException(AgentErrors.NotFound, "Nothing listens there.");
    }

    private static async Task<Socket?> Connect(IPAddress address, int port, CancellationToken closed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closed);
        patience.CancelAfter(ConnectTimeout);
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(address, port), patience.Token);
            return socket;
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !closed.IsCancellationRequested))
        {
            // Nothing listens, or its queue is full and stays so.
            socket?.Dispose();
            return null;
        }
    }
}
