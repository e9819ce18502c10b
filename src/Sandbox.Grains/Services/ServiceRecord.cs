using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Services;

/// <summary>The durable side of a service's grain, as <see cref="Sessions.SessionRecord"/> is of a session's.</summary>
internal sealed class ServiceRecord(IPersistentState<ServiceState> state)
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ChangeSignal _changed = new();

    public ServiceState Current { get; private set; } = state.State;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Next;

    /// <summary>The service, as it becomes durable with the first state of its session.</summary>
    public ServiceState? Draft { get; set; }

    /// <summary>Why it ends, once its session does, where that is not for the session to say.</summary>
    public (string Cause, ServiceAttemptEnd? Last)? Ending { get; set; }

    /// <summary>Writes what a change makes of the state; one that changes nothing writes nothing.</summary>
    /// <param name="change">The change.</param>
    /// <param name="asked">What is recorded with it beside what follows from the states: who wanted it.</param>
    public async Task Change(Func<ServiceState, ServiceState> change, AuditEvent? asked = null)
    {
        await _writing.WaitAsync();
        try
        {
            var next = change(Current);
            if (next == Current)
                return;
            state.State = next with { Events = [.. ServiceAudit.Between(Current, next), .. asked is null ? [] : new[] { asked }] };
            await state.WriteStateAsync();
            Current = next with { Session = next.Session with { Bound = null, Events = [] } };
            _changed.Raise();
        }
        catch
        {
            state.State = Current;
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Changes a service that is not over.</summary>
    public Task ChangeLiving(Func<ServiceState, ServiceState> change, AuditEvent? asked = null) =>
        Change(current => current.Ended ? current : change(current), asked);

    /// <summary>Reads what is durable, after a write of which nobody knows whether it was one.</summary>
    public async Task Reload()
    {
        await state.ReadStateAsync();
        Current = state.State;
    }

    public async Task Remove(CancellationToken cancellationToken)
    {
        await state.ClearStateAsync(cancellationToken);
        Current = new ServiceState();
    }
}
