using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Protocol;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The steps of the session that was saved, which run on in a sandbox that was restored with its memory, and which nobody there
/// will ever ask for: they are interrupted, so that their kernels keep what they know and are free. Its background commands and
/// terminals, which nobody there could reach, are killed.
/// </summary>
internal sealed class ForeignSteps(TimeProvider time)
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int BranchCharacters = 12;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What the names of a restored session's steps end with.</summary>
    public static string BranchOf(SessionId id) => id.ToString()[^BranchCharacters..];

    /// <summary>Ends them all. One that does not let itself be interrupted is killed, with its kernel.</summary>
    public Task End(SandboxHandle sandbox, CancellationToken cancellationToken) => Task.WhenAll(
        sandbox.Agent.KnownExecs
            .Where(id => StepName.TryParse(id, out _) || StepName.IsCommand(id))
            .Select(id => End(sandbox.Agent, id, cancellationToken)));

    private async Task End(IAgentClient agent, string id, CancellationToken cancellationToken)
    {
        try
        {
            // Whatever it has printed or will print is wanted by nobody.
            await using var exec = await agent.Exec(new ExecRequest(id, long.MaxValue, null), default, default, cancellationToken);
            await exec.Acknowledge(long.MaxValue, cancellationToken);
            await agent.Signal(id, StepName.IsCommand(id) ? SigKill : SigInt, cancellationToken);
            var ended = ReadToEnd(exec, cancellationToken);
            try
            {
                await ended.WaitAsync(Grace, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await agent.Signal(id, SigKill, cancellationToken);
                await ended;
            }
        }
        catch (AgentRequestException e) when (e.Code == AgentErrors.NotFound)
        {
            // Forgotten meanwhile.
        }
    }

    private static async Task ReadToEnd(IAgentExec exec, CancellationToken cancellationToken)
    {
        await foreach (var _ in exec.Output(cancellationToken))
        {
        }
    }
}
