using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Sandbox.Egress.Proxy;

/// <summary>What Kestrel listens on here: tunnels out of sandboxes, one by one as they come. No socket of the host is open for it.</summary>
internal sealed class TunnelListener : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<TunnelConnection> _offered = Channel.CreateUnbounded<TunnelConnection>();

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = new TunnelEndPoint();

    /// <summary>Gives Kestrel a tunnel to serve. How many there are is bounded by those who offer them.</summary>
    public void Offer(TunnelConnection connection)
    {
        if (!_offered.Writer.TryWrite(connection))
            connection.Abort();
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _offered.Reader.WaitToReadAsync(cancellationToken) ? await _offered.Reader.ReadAsync(cancellationToken) : null;

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _offered.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => UnbindAsync();

    private sealed class TunnelEndPoint : EndPoint
    {
        public override string ToString() => "http://tunnels-of-sandboxes";
    }
}
