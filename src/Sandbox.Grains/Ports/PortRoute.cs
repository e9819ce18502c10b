using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Output;
using Sandbox.Grains.Sessions;
using Sandbox.Protocol;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Ports;

/// <summary>The way to one port of one sandbox.</summary>
internal sealed class PortRoute(SandboxLink link, int port, OutputPace pace) : IPortRoute
{
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _free = new(PortTunnels.Most);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _tokens = new(StringComparer.Ordinal);

    public CancellationToken Ended => _ended.Token;

    /// <summary>The same way, closed to tokens that were revoked before.</summary>
    public PortRoute Without(IEnumerable<string> revoked)
    {
        foreach (var token in revoked)
            Revoke(token);
        return this;
    }

    public IDisposable Use() => link.Use();

    public CancellationToken Until(string? tokenId) => tokenId is null ? Ended : SourceOf(tokenId).Token;

    public async Task<Stream> Connect(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            var sandbox = await link.Get(cancellationToken);
            return new PacedStream(await sandbox.Ports.Connect(port, cancellationToken), pace, () => _free.Release());
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
}
