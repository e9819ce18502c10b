using System.Net.Sockets;
using Sandbox.Protocol;
using Sandbox.Protocol.Framing;

namespace Sandbox.Runtime.Channel;

/// <summary>The ports of a sandbox's loopback, as its agent opens them.</summary>
public interface ISandboxPorts
{
    /// <summary>
    /// Connects to a port. The stream carries bytes both ways, at the pace of whoever reads them; disposing it cuts the connection. What
    /// comes out of it is hostile.
    /// </summary>
    /// <exception cref="AgentRequestException">Nothing listens there (<see cref="AgentErrors.NotFound"/>), or it is no port for callers (<see cref="AgentErrors.Invalid"/>).</exception>
    /// <exception cref="AgentConnectionException">The agent does not answer, or has as many open as it may have.</exception>
    Task<Stream> Connect(int port, CancellationToken cancellationToken);
}

/// <summary>Opens a connection to the agent for each.</summary>
/// <param name="socket">Path of the agent's socket.</param>
/// <param name="token">The sandbox's token.</param>
public sealed class AgentPorts(string socket, string token) : ISandboxPorts
{
    // Only as long as the agent's queue of connections is full.
    private const int Attempts = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<Stream> Connect(int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        Stream? stream = null;
        try
        {
            stream = await Dial(patience.Token);
            await Greet(stream, port, patience.Token);
            return stream;
        }
        catch (Exception failure)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            if (failure is IOException or ProtocolViolationException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                throw new AgentConnectionException("The agent opened no tunnel.", failure);
            throw;
        }
    }

    private async Task<Stream> Dial(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await AgentSocket.Connect(socket, cancellationToken);
            }
            catch (AgentConnectionException failure) when (attempt < Attempts && failure.InnerException is SocketException { SocketErrorCode: SocketError.WouldBlock or SocketError.TryAgain })
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }

    private async Task Greet(Stream stream, int port, CancellationToken cancellationToken)
    {
        var request = new ConnectPortRequest(AgentProtocol.Version, token, port);
        await StreamFrames.WriteJson(stream, FrameType.Json, request, ProtocolJson.Default.ConnectPortRequest, cancellationToken);
        Frame answer = await StreamFrames.Read(stream, PortTunnels.MaxFrameBytes, cancellationToken);
        if (answer.Type == FrameType.Error)
            throw AgentRequest.Refusal(answer);
        if (answer.Type != FrameType.Json)
            throw new ProtocolViolationException("An answer was due.");
    }
}
