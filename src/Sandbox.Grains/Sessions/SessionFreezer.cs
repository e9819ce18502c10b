using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// Freezes the sandbox of a live session and lets it go again: pausing in memory, and what must not happen meanwhile. Used in
/// the turns of the session's grain only.
/// </summary>
internal sealed class SessionFreezer(SessionRecord record, SandboxLink link, SessionServices services)
{
    private readonly SemaphoreSlim _freezing = new(1);

    private SessionState State => record.Current;

    /// <summary>Frozen first, then durable: a sandbox that is frozen without a state that says so is let go by whoever takes it up.</summary>
    public Task Pause(CancellationToken cancellationToken) => Alone(async () =>
    {
        if (State.Status != SessionStatus.Ready)
            return;
        await Freeze(true, cancellationToken);
        try
        {
            await record.Change(current => current.Ended ? current : current.Pause());
        }
        catch
        {
            await Freeze(false, CancellationToken.None);
            throw;
        }
    });

    /// <summary>Durable first, then let go: a process that dies in between leaves a sandbox that the next one lets go.</summary>
    /// <param name="resumed">Called when it goes on, before anybody else may freeze it again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task Resume(Action resumed, CancellationToken cancellationToken) => State.Status != SessionStatus.Paused ? Task.CompletedTask : Alone(async () =>
    {
        if (State.Status != SessionStatus.Paused || State.Suspended)
            return;
        await record.Change(current => current.Status == SessionStatus.Paused ? current.Resume() : current);
        await Freeze(false, cancellationToken);
        resumed();
    });

    /// <summary>Tells the agent when the session ends. Its clock runs on while it is frozen: an old deadline would be met the moment it is let go.</summary>
    public Task MoveDeadline(CancellationToken cancellationToken) => Alone(async () =>
    {
        if (State.Suspended)
            return;
        var paused = State.Status == SessionStatus.Paused;
        if (paused)
            await Freeze(false, cancellationToken);
        await link.SetDeadline(SessionClock.AgentDeadline(State, services.Time.GetUtcNow()), cancellationToken);
        if (paused)
            await Freeze(true, cancellationToken);
    });

    /// <summary>Freezes it or lets it go. A control group with which that cannot be done is one that is not there any more.</summary>
    /// <exception cref="SandboxLostException">The sandbox is gone.</exception>
    public async Task Freeze(bool frozen, CancellationToken cancellationToken)
    {
        try
        {
            await services.Sandboxes.Freeze(link.Id, frozen, cancellationToken);
        }
        catch (IOException)
        {
            link.GiveUp();
            throw new SandboxLostException(link.Id);
        }
    }

    /// <summary>Does something while nobody else freezes it, lets it go or stores it.</summary>
    public async Task Alone(Func<Task> change)
    {
        await _freezing.WaitAsync();
        try
        {
            await change();
        }
        finally
        {
            _freezing.Release();
        }
    }
}
