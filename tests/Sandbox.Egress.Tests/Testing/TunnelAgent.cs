using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Threading.Channels;
using Nerdbank.Streams;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress.Tests.Testing;

/// <summary>An agent in memory: the test is the program inside. The real one is tried with real sandboxes elsewhere.</summary>
internal sealed class TunnelAgent : IAgentEgress
{
    private readonly Channel<Tunnel> _connections = Channel.CreateUnbounded<Tunnel>();
    private int _waiting;

    /// <summary>The port that was listened on.</summary>
    public int? Port { get; private set; }

    /// <summary>Connections that the host has taken.</summary>
    public int Taken => Volatile.Read(ref _waiting);

    public Task ListenEgress(int port, CancellationToken cancellationToken)
    {
        Port = port;
        return Task.CompletedTask;
    }

    public async Task<IAgentTunnel> AcceptEgress(CancellationToken cancellationToken)
    {
        var tunnel = await _connections.Reader.ReadAsync(cancellationToken);
        Interlocked.Increment(ref _waiting);
        return tunnel;
    }

    /// <summary>Connects as a program does.</summary>
    public Stream Connect()
    {
        var (host, program) = FullDuplexStream.CreatePipePair();
        if (!_connections.Writer.TryWrite(new Tunnel(host)))
            throw new AgentConnectionException("It is gone.");
        return program.AsStream();
    }

    private sealed class Tunnel(IDuplexPipe pipe) : IAgentTunnel
    {
        public PipeReader Input => pipe.Input;

        public PipeWriter Output => pipe.Output;

        public Task Over => Task.CompletedTask;

        [SuppressMessage("Usage", "CA1031", Justification = "A pipe that is being read cannot be completed; its reader is told by the other end.")]
        public void Dispose()
        {
            pipe.Output.CancelPendingFlush();
            pipe.Output.Complete();
            pipe.Input.CancelPendingRead();
            pipe.Input.Complete();
        }
    }
}
