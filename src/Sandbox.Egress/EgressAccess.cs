using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Proxy;
using Sandbox.Egress.Records;
using Sandbox.Egress.Rules;
using Sandbox.Runtime.Channel;

namespace Sandbox.Egress;

/// <summary>
/// The way out of one sandbox: asks its agent for connections, as many as may be open, and lets each find its way.
/// </summary>
internal sealed partial class EgressAccess : IEgressAccess
{
    private static readonly TimeSpan LongestLinger = TimeSpan.FromSeconds(10);

    private readonly IAgentEgress _agent;
    private readonly HttpProxy _http;
    private readonly EgressOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room;
    private readonly EgressConnections _connections;
    private Task _accepting = Task.CompletedTask;
    private bool _disposed;
    private int _serving;
    private TaskCompletionSource? _served;

    public EgressAccess(
        IAgentEgress agent,
        EgressGrant grant,
        EgressDialer dialer,
        HttpProxy http,
        IEgressLog log,
        EgressInstruments instruments,
        EgressOptions options,
        TimeProvider time,
        ILogger<EgressAccess> logger)
    {
        _agent = agent;
        _http = http;
        _options = options;
        _logger = logger;
        _room = new SemaphoreSlim(options.MaxConnections);
        _connections = new EgressConnections(grant, dialer, log, instruments, options, time, logger);
    }

    /// <summary>Begins to take connections.</summary>
    public void Start() => _accepting = Task.Run(AcceptAll);

    /// <inheritdoc/>
    public void Change(EgressRules rules) => _connections.Change(rules);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stop.CancelAsync();
        _connections.CutAll();
        await _accepting;
        await AllServed();
        _room.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAll()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_stop.Token);
                var tunnel = await _agent.AcceptEgress(_stop.Token);
                Interlocked.Increment(ref _serving);
                _ = Task.Run(() => Serve(tunnel));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or AgentConnectionException or AgentRequestException)
        {
            // It was closed, or the sandbox is gone or about to be saved.
        }
        catch (Exception e)
        {
            // Whoever closes it has a sandbox to destroy afterwards.
            LogFailed(e);
        }
    }

    private async Task Serve(IAgentTunnel tunnel)
    {
        using var first = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            first.CancelAfter(TimeSpan.FromSeconds(_options.RequestTimeoutSeconds));
            if (await ConnectRequest.IsNext(tunnel.Input, first.Token))
                await ConnectTunnel.Run(tunnel, _connections, first.Token, _stop.Token);
            else
                await _http.Serve(tunnel, _connections, _stop.Token);
            await Linger(tunnel);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Either side is gone, or did not say in time what it wants.
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
        finally
        {
            tunnel.Dispose();
            _room.Release();
            if (Interlocked.Decrement(ref _serving) == 0)
                Volatile.Read(ref _served)?.TrySetResult();
        }
    }

    // What was written last is still on its way, and the program ends its side when it has it.
    private async Task Linger(IAgentTunnel tunnel)
    {
        await tunnel.Output.CompleteAsync();
        await tunnel.Over.WaitAsync(LongestLinger, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AllServed()
    {
        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Seen by whoever ends last, or that one's end is seen here.
        Interlocked.Exchange(ref _served, served);
        if (Volatile.Read(ref _serving) == 0)
            return;
        await served.Task;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection out of a sandbox failed")]
    private partial void LogFailed(Exception exception);
}
