using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Sessions;

/// <summary>The server's end of one terminal: its output from an offset on, its input, its size.</summary>
internal sealed class TerminalLine(ISessionCommandsGrain grain, ICommandInput input, Caller caller, SessionId session, long number)
{
    private const int PartBytes = 64 * 1024;

    /// <summary>Output from an offset on, waiting for the first byte.</summary>
    public Task<Reply<CommandOutput>> Read(long from, TimeSpan wait, CancellationToken cancellationToken) =>
        grain.ReadCommandOutput(caller, number, OutputEventKinds.Stdout, from, PartBytes, wait, cancellationToken);

    /// <summary>The command as it stands.</summary>
    public Task<Reply<CommandView>> Get(CancellationToken cancellationToken) => grain.GetCommand(caller, number, TimeSpan.Zero, cancellationToken);

    /// <summary>What was typed, as fast as the programs there read. Fails as a value when the terminal is gone: its output says so.</summary>
    public Task<Reply<CommandInput>> Type(Stream typed, CancellationToken cancellationToken) =>
        input.Write(caller, session, number, typed, null, close: false, cancellationToken);

    public Task<Reply<CommandInput>> Resize(int columns, int rows, CancellationToken cancellationToken) =>
        input.Resize(caller, session, number, columns, rows, cancellationToken);
}
