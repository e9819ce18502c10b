using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Records;
using Sandbox.Egress.Rules;
using Sandbox.Protocol;

namespace Sandbox.Egress;

/// <summary>The connections of one sandbox to the outside: opened by the rules of now, cut when these no longer allow them.</summary>
internal sealed partial class EgressConnections(
    EgressGrant grant, EgressDialer dialer, IEgressLog log, EgressInstruments instruments, EgressOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = Math.Max(1, options.MaxConnectionsPerMinute / 10),
        TokensPerPeriod = Math.Max(1, options.MaxConnectionsPerMinute / 60),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        // Each tunnel waits with one request at a time.
        QueueLimit = EgressProxy.MostConnections,
    });

    private readonly Lock _lock = new();
    private readonly HashSet<EgressConnection> _open = [];
    private EgressRules _rules = grant.Rules;
    private long _bytesLeft = options.MaxBytes;
    private bool _ended;

    /// <summary>Who answers for a host that exists only here; null for every other host.</summary>
    public RequestDelegate? VirtualHost(string host) => grant.VirtualHosts.GetValueOrDefault(host);

    /// <summary>Completes when the sandbox may ask for something again: for a connection, or of a host that exists only here.</summary>
    public async Task Admit(CancellationToken cancellationToken)
    {
        using var lease = await _rate.AcquireAsync(1, cancellationToken);
        if (!lease.IsAcquired)
            throw new IOException("More is asked for at one time than there are tunnels.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _rate.DisposeAsync();

    /// <summary>Opens a connection where the rules allow it, once that is on the record.</summary>
    /// <returns>The connection, or why there is none.</returns>
    public async Task<(EgressConnection? Connection, EgressReason? Reason)> Open(string host, int port, CancellationToken cancellationToken)
    {
        await Admit(cancellationToken);
        EgressRules current;
        lock (_lock)
            current = _rules;
        var dial = await dialer.Dial(current, host, port, cancellationToken);
        var shown = EgressName.Normalise(host) ?? EgressAddress.Parse(host)?.ToString() ?? string.Empty;
        var decision = new EgressDecision(Guid.CreateVersion7().ToString("n"), grant.Owner, shown, port, dial.Address, dial.Reason?.Code(), dial.Reason?.IsRefusal() ?? false);
        instruments.Decided(decision.Reason);
        if (dial.Socket is null)
        {
            await log.Decided(decision);
            return (null, dial.Reason);
        }

        var connection = new EgressConnection(decision, dial.Socket, TimeSpan.FromSeconds(options.IdleTimeoutSeconds), Take, time);
        try
        {
            await log.Decided(decision);
            Add(connection);
            return (connection, null);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection is over.</summary>
    public async Task Close(EgressConnection connection)
    {
        lock (_lock)
            _open.Remove(connection);
        connection.Dispose();
        var end = connection.End();
        instruments.Ended(end.BytesOut, end.BytesIn);
        try
        {
            await log.Ended(end);
        }
        catch (Exception e)
        {
            // That it was opened is on the record; its end cannot be held back.
            LogEndNotRecorded(end.Opened.Connection, e);
        }
    }

    /// <summary>Other rules hold from now on.</summary>
    public void Change(EgressRules next)
    {
        lock (_lock)
        {
            _rules = next;
            foreach (var connection in _open)
                CutWhereRefused(connection);
        }
    }

    /// <summary>The work has ended.</summary>
    public void CutAll()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (var connection in _open)
                connection.Cut(EgressOutcomes.WorkEnded);
        }
    }

    // The rules may have changed while it was opened.
    private void Add(EgressConnection connection)
    {
        lock (_lock)
        {
            _open.Add(connection);
            if (_ended)
                connection.Cut(EgressOutcomes.WorkEnded);
            else
                CutWhereRefused(connection);
        }
    }

    private void CutWhereRefused(EgressConnection connection)
    {
        var opened = connection.Opened;
        if (dialer.RefusalOf(_rules, opened.Host, opened.Address!, opened.Port) is not null)
            connection.Cut(EgressOutcomes.PolicyChanged);
    }

    // Bytes of all its connections together.
    private bool Take(int bytes) => Interlocked.Add(ref _bytesLeft, -bytes) >= 0;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of connection {Connection} could not be recorded")]
    private partial void LogEndNotRecorded(string connection, Exception exception);
}
