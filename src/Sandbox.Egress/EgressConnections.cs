using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sandbox.Egress.Dialing;
using Sandbox.Egress.Records;
using Sandbox.Egress.Rules;
using Sandbox.Egress.Tls;

namespace Sandbox.Egress;

/// <summary>The connections of one sandbox to the outside: opened by the rules of now, cut when these no longer allow them.</summary>
internal sealed partial class EgressConnections(
    EgressGrant grant, EgressDialer dialer, IEgressLog log, EgressInstruments instruments, EgressOptions options, TimeProvider time, ILogger logger)
{
    // Names that nobody answers for hold a thread each for as long as it takes.
    private const int DialsAtOnce = 8;

    private readonly SemaphoreSlim _dialing = new(DialsAtOnce);
    private readonly Lock _lock = new();
    private readonly HashSet<EgressConnection> _open = [];
    private EgressRules _rules = grant.Rules;
    private bool _ended;

    /// <summary>Who answers for a host that exists only here; null for every other host.</summary>
    public RequestDelegate? VirtualHost(string host) => grant.VirtualHosts.GetValueOrDefault(host);

    /// <summary>Who answers for the port itself; null for nobody.</summary>
    public RequestDelegate? Own => grant.Own;

    /// <summary>What a host is to be sent; null where it is nothing.</summary>
    public ValueTask<BrokeredHeaders?> HeadersFor(string host, int port, CancellationToken cancellationToken) =>
        grant.Headers is { } headers && EgressName.Normalise(host) is { } name ? headers(name, port, cancellationToken) : default;

    /// <inheritdoc cref="EgressBudget.Admit"/>
    public Task Admit(CancellationToken cancellationToken) => grant.Budget.Admit(cancellationToken);

    /// <summary>Opens a connection where the rules allow it, once that is on the record.</summary>
    /// <param name="host">What is asked for.</param>
    /// <param name="port">On which port.</param>
    /// <param name="isTls">Whether TLS may be spoken on it; without, there is nothing for the port of TLS.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, or why there is none.</returns>
    public async Task<(EgressConnection? Connection, EgressReason? Reason)> Open(string host, int port, bool isTls, CancellationToken cancellationToken)
    {
        await Admit(cancellationToken);
        EgressDial dial;
        try
        {
            await _dialing.WaitAsync(cancellationToken);
            try
            {
                dial = await Dial(host, port, isTls, cancellationToken);
            }
            finally
            {
                _dialing.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody may have been asked by then.
            await log.Decided(DecisionOf(host, port, EgressDial.Refused(EgressReason.Cancelled)));
            throw;
        }

        var decision = DecisionOf(host, port, dial);
        instruments.Decided(decision.Reason);
        if (dial.Socket is null)
        {
            await log.Decided(decision);
            return (null, dial.Reason);
        }

        var connection = new EgressConnection(decision, dial.Socket, TimeSpan.FromSeconds(options.IdleTimeoutSeconds), grant.Budget.Take, time);
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

    private Task<EgressDial> Dial(string host, int port, bool isTls, CancellationToken cancellationToken)
    {
        if (port == TlsCheck.Port && !isTls)
            return Task.FromResult(EgressDial.Refused(EgressReason.TlsExpected));
        EgressRules current;
        lock (_lock)
            current = _rules;
        return dialer.Dial(current, host, port, cancellationToken);
    }

    private EgressDecision DecisionOf(string host, int port, EgressDial dial)
    {
        var shown = EgressName.Normalise(host) ?? EgressAddress.Parse(host)?.ToString() ?? string.Empty;
        return new EgressDecision(Guid.CreateVersion7().ToString("n"), grant.Owner, grant.NameOnRecord?.Invoke(shown) ?? shown, port, dial.Address, dial.Reason?.Code(), dial.Reason?.IsRefusal() ?? false);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The end of connection {Connection} could not be recorded")]
    private partial void LogEndNotRecorded(string connection, Exception exception);
}
