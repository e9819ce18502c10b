using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Output;
using Sandbox.Grains.Sessions;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Ports;

/// <summary>The way to one port of one sandbox.</summary>
internal sealed class PortRoute(SandboxLink link, int port, OutputPace pace) : IPortRoute
{
    /// <summary>Most requests that are under way to one port: beyond them a service that does not answer would only gather more.</summary>
    private const int MostUses = 1000;

    private static readonly OutputPace Unpaced = new(long.MaxValue / 2, long.MaxValue / 2, TimeProvider.System);

    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _free = new(PortTunnels.Most);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _tokens = new(StringComparer.Ordinal);
    private int _uses;

    public SandboxLink Link => link;

    public bool IsInUse => Volatile.Read(ref _uses) > 0;

    public CancellationToken Ended => _ended.Token;

    /// <summary>The same way, closed to tokens that were revoked before.</summary>
    public PortRoute Without(IEnumerable<string> revoked)
    {
        foreach (var token in revoked)
            Revoke(token);
        return this;
    }

    public IDisposable? Use()
    {
        if (Interlocked.Increment(ref _uses) <= MostUses)
            return new InUse(this, link.Use());
        Interlocked.Decrement(ref _uses);
        return null;
    }

    public CancellationToken Until(string? tokenId) => tokenId is null ? Ended : SourceOf(tokenId).Token;

    public Task<Stream> Connect(CancellationToken cancellationToken) =>
        Connect(static (stream, pace, closed) => new PacedStream(stream, pace, closed), cancellationToken);

    public Task<Stream> Probe(CancellationToken cancellationToken) =>
        Connect(static (stream, _, closed) => new PacedStream(stream, Unpaced, closed), cancellationToken);

    private async Task<Stream> Connect(Func<Stream, OutputPace, Action, Stream> around, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            var sandbox = await link.Get(cancellationToken);
            return around(await sandbox.Ports.Connect(port, cancellationToken), pace, () => _free.Release());
        }
        catch (Exception e)
        {
            _free.Release();
            if (e is AgentConnectionException or AgentRequestException or SandboxLostException or ObjectDisposedException)
                throw new IOException("The port cannot be reached.", e);
            throw;
        }
    }

    public void Revoke(string tokenId) => SourceOf(tokenId).Cancel();

    public void End() => _ended.Cancel();

    private CancellationTokenSource SourceOf(string tokenId)
    {
        lock (_lock)
        {
            if (!_tokens.TryGetValue(tokenId, out var source))
                _tokens.Add(tokenId, source = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token));
            return source;
        }
    }

    private sealed class InUse(PortRoute route, IDisposable work) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 1)
                return;
            Interlocked.Decrement(ref route._uses);
            work.Dispose();
        }
    }
}
