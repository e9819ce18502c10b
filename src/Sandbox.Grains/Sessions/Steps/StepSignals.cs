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

    private readonly Lock _lock = new();
    private int _asked;
    private int _sent;

    /// <summary>Whether somebody has asked it to stop.</summary>
    public bool Interrupted => Volatile.Read(ref _asked) > 0;

    /// <summary>Asks the code to stop; a step that has not started does not start.</summary>
    public async Task Interrupt(Func<StepStatus> status, CancellationToken cancellationToken)
    {
        var asked = Interlocked.Increment(ref _asked);
        if (status() != StepStatus.Running)
            return;
        try
        {
            await SendInterrupt(asked, await link.Get(cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is AgentConnectionException or SandboxLostException)
        {
            // Whoever attaches anew sends it, or finds that there is nothing left to interrupt.
        }
    }

    /// <summary>The interrupt may have been asked for while the step was on its way to the agent.</summary>
    public Task SendPending(SandboxHandle sandbox, CancellationToken cancellationToken) => SendInterrupt(Volatile.Read(ref _asked), sandbox, cancellationToken);

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

    // Whoever asked and whoever attaches meanwhile may both come here: once for all who have asked until then.
    private async Task SendInterrupt(int asked, SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        int before;
        lock (_lock)
        {
            if (_sent >= asked)
                return;
            before = _sent;
            _sent = asked;
        }

        try
        {
            await sandbox.Agent.Signal(execId, SigInt, cancellationToken);
        }
        catch
        {
            lock (_lock)
                _sent = Math.Min(_sent, before);
            throw;
        }
    }
}
