using Sandbox.Egress;
using Sandbox.Grains.Egress;
using Sandbox.Grains.Packages;
using Sandbox.Grains.Secrets;
using Sandbox.Runtime;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The way out of a session's sandbox: there while its policy opens one, on whatever connection to the sandbox there is. When that
/// breaks, another one is made, for what runs in the background.
/// </summary>
internal sealed class SessionEgress(SessionRecord record, SandboxLink link, NodeEgress egress, SandboxSecrets secrets, CancellationToken stopping) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private IAgentClient? _agent;
    private readonly SandboxReach _reach = egress.NewReach();
    private SandboxWay? _opened;

    /// <summary>Packages that its programs asked for and did not get.</summary>
    public RefusedPackages Refused => _reach.Refused;

    /// <summary>Sees to it that programs which start now find the way out, where there is to be one.</summary>
    /// <exception cref="AgentConnectionException">The connection is gone.</exception>
    public async Task Ensure(SandboxHandle sandbox, CancellationToken cancellationToken)
    {
        if ((!NodeEgress.IsOpen(record.Current.Permit) && record.Current.Spec.Workflow is null) || Volatile.Read(ref _agent) == sandbox.Agent)
            return;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_agent == sandbox.Agent || stopping.IsCancellationRequested)
                return;
            await Close();
            var state = record.Current;
            _opened = await egress.Open(sandbox.Agent, new EgressOwner(state.TenantId, state.AgentId, state.Id), state.Permit, _reach, secrets, state.Spec.Workflow, cancellationToken);
            if (_opened is null)
                return;
            Volatile.Write(ref _agent, sandbox.Agent);
            _ = sandbox.Agent.Disconnected.ContinueWith(_ => Reconnect(), stopping, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes it and cuts what is open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await Close();
            await _reach.DisposeAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Close()
    {
        Volatile.Write(ref _agent, null);
        if (Interlocked.Exchange(ref _opened, null) is { } opened)
            await opened.DisposeAsync();
    }

    private async Task Reconnect()
    {
        try
        {
            await Ensure(await link.Get(stopping), stopping);
        }
        catch (Exception e) when (e is SandboxLostException or AgentConnectionException or OperationCanceledException or ObjectDisposedException)
        {
            // It is gone, or this process lets go of it. Whoever starts a program sees to it again.
        }
    }
}
