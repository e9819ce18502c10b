using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions.Files;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Commands;

/// <summary>Input of the background commands of the sessions whose sandboxes this process holds.</summary>
internal sealed class CommandInputs(IGrainFactory grains, SessionSandboxes sandboxes) : ICommandInput
{
    private static readonly Refusal Closed = new(RefusalCodes.CommandInputClosed, "The command has ended, or its standard input has, or was never kept open.");
    private static readonly Refusal Unfit = new(
        RefusalCodes.InvalidRequest, "There is a gap before these bytes; or the command is on a terminal, whose input has no end.", "offset");

    private static readonly Refusal NoTerminal = new(RefusalCodes.InvalidRequest, "The command is on no terminal.");
    private static readonly Refusal NoCommand = new(RefusalCodes.NotFound, "There is no such command.");

    public Task<Reply<CommandInput>> Write(
        Caller caller, SessionId session, long number, Stream content, long? offset, bool close, CancellationToken cancellationToken = default) =>
        With(caller, session, number, async (agent, execId) =>
        {
            var request = new InputRequest(execId, offset, close);
            return new CommandInput((await agent.SendInput(request, content, cancellationToken)).Offset);
        }, Unfit, cancellationToken);

    public Task<Reply<CommandInput>> Resize(
        Caller caller, SessionId session, long number, int columns, int rows, CancellationToken cancellationToken = default) =>
        With(caller, session, number, async (agent, execId) =>
        {
            await agent.Resize(new ResizeRequest(execId, new TerminalSize(columns, rows)), cancellationToken);
            return new CommandInput(0);
        }, NoTerminal, cancellationToken);

    private async Task<Reply<CommandInput>> With(
        Caller caller, SessionId session, long number, Func<IAgentClient, string, Task<CommandInput>> act, Refusal unfit, CancellationToken cancellationToken)
    {
        var permit = await grains.GetGrain<ISessionGrain>(session.ToString()).Touch(caller, cancellationToken);
        if (permit.Value is not { } place)
            return permit.Refusal!;
        if (!SandboxId.TryParse(place.SandboxId, out var id) || sandboxes.Find(id) is not { } link)
            return FileRefusals.Elsewhere;
        using var use = link.Use();
        try
        {
            return await act((await link.Get(cancellationToken)).Agent, StepName.ExecIdOf(number, place.Branch));
        }
        catch (AgentRequestException e)
        {
            return e.Code switch
            {
                AgentErrors.InputClosed => Closed,
                // An ended one of long ago is known to the records alone.
                AgentErrors.NotFound => await IsKnown(caller, session, number, cancellationToken) ? Closed : NoCommand,
                _ => unfit,
            };
        }
        catch (AgentConnectionException)
        {
            return await BrokenOff.Explain(grains, caller, session.ToString(), FileRefusals.Interrupted);
        }
        catch (SandboxLostException)
        {
            return await BrokenOff.Explain(grains, caller, session.ToString(), SessionRefusals.Lost);
        }
    }

    private async Task<bool> IsKnown(Caller caller, SessionId session, long number, CancellationToken cancellationToken) =>
        (await grains.GetGrain<ISessionCommandsGrain>(session.ToString()).GetCommand(caller, number, TimeSpan.Zero, cancellationToken)).Value is not null;
}
