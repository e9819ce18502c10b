using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>
/// The background commands of one session, terminals included: the session's grain under another interface. A command runs
/// beside the steps, in no context, until it ends or the session does; a session with one that runs is busy.
/// </summary>
[Alias("sandbox.session.commands")]
public interface ISessionCommandsGrain : IGrainWithStringKey
{
    /// <summary>Starts a command, durably; answers when it runs, or could not be started.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="spec">What to run; with a terminal, the running command on the terminal of that name is answered with where there is one.</param>
    /// <param name="idempotencyKey">Key under which a repeated request is known; null for none.</param>
    /// <param name="fingerprint">Hash of the request, with a key.</param>
    /// <param name="cancellationToken">Cancels the call, not the command.</param>
    [Alias("start"), AlwaysInterleave]
    Task<Reply<CommandSubmission>> StartCommand(
        Caller caller, CommandSpec spec, string? idempotencyKey, string? fingerprint, CancellationToken cancellationToken = default);

    /// <summary>A command, after waiting at most <paramref name="wait"/> (10 s at most) for its end.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<Reply<CommandView>> GetCommand(Caller caller, long number, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Commands with a number above <paramref name="after"/>, in order.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<Reply<CommandPage>> ListCommands(Caller caller, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Output from an offset on, waiting at most <paramref name="wait"/> (10 s at most) for the first byte.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="number">The command.</param>
    /// <param name="stream"><see cref="OutputEventKinds.Stdout"/> or <see cref="OutputEventKinds.Stderr"/>; null for both, as they came.</param>
    /// <param name="from">Bytes of the stream to pass over.</param>
    /// <param name="limit">Most bytes to answer with, up to <see cref="LargestOutput"/>.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    [Alias("output"), AlwaysInterleave]
    Task<Reply<CommandOutput>> ReadCommandOutput(
        Caller caller, long number, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Events of a command with an id above <paramref name="after"/>, waiting at most <paramref name="wait"/> (10 s at most) for the first.</summary>
    [Alias("events"), AlwaysInterleave]
    Task<Reply<OutputEventPage>> ReadCommandEvents(Caller caller, long number, long after, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>Signals a command's processes; 9 kills them all. One that has ended is left as it is.</summary>
    [Alias("signal"), AlwaysInterleave]
    Task<Reply<CommandView>> SignalCommand(Caller caller, long number, int signal, CancellationToken cancellationToken = default);

    /// <summary>Most bytes of one answer with output.</summary>
    const int LargestOutput = 1 << 20;
}
