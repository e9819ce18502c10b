using System.Net;
using System.Net.Sockets;
using Sandbox.Agent.Egress;
using Sandbox.Protocol;

namespace Sandbox.Agent.Channel;

/// <summary>
/// Gives the host the connections that programs make to the way out. The host asks for each: as many wait inside as it does
/// not ask for, and it is never offered anything.
/// </summary>
internal sealed class EgressRequests(EgressListener listener)
{
    public async Task Listen(Request request)
    {
        ListenEgressRequest wanted = await request.Header(ProtocolJson.Default.ListenEgressRequest);
        if (wanted.Port is < 1 or > IPEndPoint.MaxPort)
            throw new RequestException(AgentErrors.Invalid, "No such port.");
        try
        {
            listener.Listen(wanted.Port);
        }
        catch (SocketException failure)
        {
            throw new RequestException(failure.SocketErrorCode == SocketError.AddressAlreadyInUse ? AgentErrors.Busy : AgentErrors.Io, failure.Message);
        }

        await request.Done();
    }

    public async Task Accept(Request request)
    {
        await request.Header(ProtocolJson.Default.Empty);
        Socket program = await AcceptWhileWanted(request);
        try
        {
            await request.Done();
            await Relay.Run(program, request.Pipes, request.Over, request.Closed);
        }
        finally
        {
            listener.Close(program);
        }
    }

    private async Task<Socket> AcceptWhileWanted(Request request)
    {
        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(request.Closed);
        Task<Socket?> accepting = listener.Accept(wanted.Token);
        if (await Task.WhenAny(accepting, request.Over) != accepting)
            await wanted.CancelAsync();
        return await accepting ?? throw new RequestException(AgentErrors.NotFound, "Nothing listens.");
    }
}
