using System.Text;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>What a service's program has printed, attempt by attempt. Used in the turns of the service's grain only.</summary>
internal sealed class ServiceLogs(ServiceRecord record, SessionParts session)
{
    private const int TailBytes = 4096;

    private static readonly Refusal NoAttempt = new(RefusalCodes.InvalidRequest, "There was no such attempt.", "attempt");
    private static readonly ServiceLog Nothing = new(0, new Abstractions.Sessions.CommandOutput([], 0, 0, false));

    /// <summary>Output of an attempt; 0 for the last one.</summary>
    public async Task<Reply<ServiceLog>> Read(
        Caller caller, int attempt, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (attempt > record.Current.Attempts)
            return NoAttempt;
        var number = attempt == 0 ? record.Current.Attempts : attempt;
        if (number == 0)
            return Nothing;
        var reply = await session.Commands.Output(caller, number, stream, from, limit, wait, cancellationToken);
        return reply.Value is { } output ? new ServiceLog(number, output) : Nothing with { Attempt = number };
    }

    /// <summary>Events of an attempt; of one that is still to come, none.</summary>
    public async Task<ServiceLogPage> Events(Caller caller, int attempt, long after, TimeSpan wait, CancellationToken cancellationToken)
    {
        var state = record.Current;
        if (attempt > state.Attempts)
        {
            var changed = record.Changed;
            if (!state.Ended)
                await BoundedWait.For(changed, BoundedWait.InCall(wait), TimeProvider.System, cancellationToken);
            return new ServiceLogPage(attempt, new([], Ended: record.Current.Ended), record.Current.Ended);
        }

        var reply = await session.Commands.Events(caller, attempt, after, wait, cancellationToken);
        var last = record.Current.Ended && attempt >= record.Current.Attempts;
        return reply.Value is { } page ? new ServiceLogPage(attempt, page, last && page.Ended) : new ServiceLogPage(attempt, new([], Ended: last), last);
    }

    /// <summary>The end of what the last attempt has printed; null where that is nothing.</summary>
    public async Task<string?> Tail(CancellationToken cancellationToken)
    {
        var (state, caller) = (record.Current, new Caller(record.Current.Session.TenantId, string.Empty, Roles.Member));
        if (state.Attempts == 0 || (await session.Commands.Get(caller, state.Attempts, TimeSpan.Zero, cancellationToken)).Value is not { } command)
            return null;
        var from = Math.Max(0, command.StdoutBytes + command.StderrBytes - TailBytes);
        var reply = await session.Commands.Output(caller, state.Attempts, null, from, TailBytes, TimeSpan.Zero, cancellationToken);
        return reply.Value is { Data.Length: > 0 } output ? Encoding.UTF8.GetString(output.Data) : null;
    }
}
