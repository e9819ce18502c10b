using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Signals to the code of one step. An interrupt that is asked for before the code can be reached is sent by whoever reaches it.</summary>
/// <param name="link">The step's sandbox.</param>
/// <param name="execId">The agent's name of the step.</param>
internal sealed class StepSignals(SandboxLink link, string execId)
{
    private const int SigInt = 2;

    private volatile bool _interrupted;
    private volatile bool _sent;

    /// <summary>Whether somebody has asked it to stop.</summary>
    public bool Interrupted => _interrupted;

    /// <summary>Asks the code to stop; a step that has not started does not start.</summary>
    public async Task Interrupt(Func<StepStatus> status, CancellationToken cancellationToken)
    {
        _interrupted = true;
        if (status() != StepStatus.Running)
            return;
        try
        {
            await SendInterrupt(await link.Get(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            // Whoever attaches anew sends it, or finds that there is nothing left to interrupt.
        }
    }

    /// <summary>The interrupt may have been asked for while the step was on its way to the agent.</summary>
    public Task SendPending(SandboxHandle sandbox, CancellationToken cancellationToken) =>
        _interrupted && !_sent ? SendInterrupt(sandbox, cancellationToken) : Task.CompletedTask;

    /// <summary>Signals code that runs; false where its sandbox is out of reach.</summary>
    public async Task<bool> Send(int signal, CancellationToken cancellationToken)
    {
        try
        {
            await (await link.Get(cancellationToken)).Agent.Signal(execId, signal, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            return false;
        }
    }

    private async Task SendInterrupt(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        // Before it is: whoever attaches meanwhile need not send another one.
        _sent = true;
        try
        {
            await sandbox.Agent.Signal(execId, SigInt, cancellationToken);
        }
        catch
        {
            _sent = false;
            throw;
        }
    }
}
