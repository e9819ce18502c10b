using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress.Proxy;

/// <summary>A tunnel in Kestrel's terms. Its requests find by it whose sandbox they come from.</summary>
internal sealed class TunnelConnection : ConnectionContext
{
    private readonly IAgentTunnel _tunnel;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TunnelConnection(IAgentTunnel tunnel, EgressConnections connections)
    {
        _tunnel = tunnel;
        Transport = tunnel;
        ConnectionClosed = _closed.Token;
        Features.Set(connections);
    }

    /// <summary>Completes when Kestrel has done with it.</summary>
    public Task Ended => _ended.Task;

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = Guid.CreateVersion7().ToString("n");

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    /// <inheritdoc/>
    public override void Abort()
    {
        Transport.Input.CancelPendingRead();
        _tunnel.Dispose();
        _ = _closed.CancelAsync();
        _ended.TrySetResult();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
