using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The durable side of a session's grain. What readers see is what is durable; a write that fails leaves it as it was.
/// Changes follow one another, whatever calls they come from.
/// </summary>
internal sealed class SessionRecord(IPersistentState<SessionState> state)
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ChangeSignal _changed = new();

    public SessionState Current { get; private set; } = state.State;

    /// <summary>Rises with every change; never 0.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => _changed.Next;

    public Task Create(SessionState created) => Change(_ => created);

    /// <summary>Writes what a change makes of the state; one that changes nothing writes nothing.</summary>
    public async Task Change(Func<SessionState, SessionState> change)
    {
        await _writing.WaitAsync();
        try
        {
            var next = change(Current);
            if (next == Current)
                return;
            // With the change itself: neither is durable without the other.
            state.State = next with { Events = SessionAudit.Between(Current, next) };
            await state.WriteStateAsync();
            // What it had to stay within was asked with this write alone.
            Current = next with { Bound = null };
            Version++;
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

    /// <summary>Reads what is durable, after a write of which nobody knows whether it was one.</summary>
    public async Task Reload()
    {
        await state.ReadStateAsync();
        Current = state.State;
    }

    public async Task Remove(CancellationToken cancellationToken)
    {
        await state.ClearStateAsync(cancellationToken);
        Current = new SessionState();
    }
}
