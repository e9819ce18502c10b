using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;
using Sandbox.Protocol.Framing;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress.Proxy;

/// <summary>A tunnel that a program has asked for by CONNECT: bytes both ways, of which only the beginning is looked at.</summary>
internal static class ConnectTunnel
{
    private const string Established = "HTTP/1.1 200 Connection established\r\n\r\n";

    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(2);

    /// <summary>Serves a request and what follows it, until both sides have ended theirs or one of them broke.</summary>
    /// <param name="tunnel">The program's connection, at the request.</param>
    /// <param name="connections">Opens what is asked for.</param>
    /// <param name="untilRequest">Ends when the request should have come.</param>
    /// <param name="stop">Ends with the work.</param>
    public static async Task Run(IAgentTunnel tunnel, EgressConnections connections, CancellationToken untilRequest, CancellationToken stop)
    {
        if (await ConnectRequest.Read(tunnel.Input, untilRequest) is not { } request)
        {
            await Answer(tunnel, ProxyAnswer.Malformed.ToHttp(), stop);
            return;
        }

        var (connection, reason) = await Open(connections, request, stop);
        if (connection is null)
        {
            await Answer(tunnel, (reason is { } refusal ? ProxyAnswer.Of(refusal) : ProxyAnswer.Unrecorded).ToHttp(), stop);
            return;
        }

        try
        {
            await tunnel.Output.WriteAsync(Encoding.ASCII.GetBytes(Established), stop);
            await Relay(tunnel, connection, EgressName.Normalise(request.Host), stop);
        }
        finally
        {
            await connections.Close(connection);
        }
    }

    // What cannot be recorded is not connected, and the program is told so.
    private static async Task<(EgressConnection? Connection, EgressReason? Reason)> Open(EgressConnections connections, ConnectRequest request, CancellationToken stop)
    {
        try
        {
            return await connections.Open(request.Host, request.Port, isTls: true, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, null);
        }
    }

    private static async Task Answer(IAgentTunnel tunnel, string answer, CancellationToken stop)
    {
        await tunnel.Output.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
        await tunnel.Output.CompleteAsync();
        // The program reads it before it ends its side: cutting at once could take the answer away from it.
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(stop);
        soon.CancelAfter(LongestDrain);
        await tunnel.Input.CopyToAsync(Stream.Null, soon.Token);
    }

    private static Task Relay(IAgentTunnel tunnel, EgressConnection connection, string? name, CancellationToken stop) => TwoWay.Run(
        both => Out(tunnel.Input, connection, name, both),
        both => In(connection, tunnel.Output, both),
        stop);

    private static async Task Out(PipeReader program, EgressConnection connection, string? name, CancellationToken cancellationToken)
    {
        if (await Refusal(program, name, connection.Opened.Port, cancellationToken) is { } refusal)
        {
            connection.Cut(refusal.Code());
            throw new IOException("The beginning of the connection was refused.");
        }

        await program.CopyToAsync(connection, cancellationToken);
        connection.EndSending();
    }

    private static async Task In(EgressConnection connection, PipeWriter program, CancellationToken cancellationToken)
    {
        await connection.CopyToAsync(program, cancellationToken);
        await program.CompleteAsync();
    }

    // Nothing of it is sent before it is known to be what was asked for.
    private static async Task<EgressReason?> Refusal(PipeReader program, string? name, int port, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await program.ReadAsync(cancellationToken);
            var hello = ClientHello.Read(First(read));
            var more = hello.State == ClientHelloState.Incomplete && !read.IsCompleted;
            program.AdvanceTo(read.Buffer.Start, more ? read.Buffer.End : read.Buffer.Start);
            if (more)
                continue;
            return read.Buffer.IsEmpty ? null : TlsCheck.Refusal(hello, name, port);
        }
    }

    private static byte[] First(ReadResult read) => read.Buffer.Slice(0, Math.Min(read.Buffer.Length, ClientHello.MaxBytes)).ToArray();
}
