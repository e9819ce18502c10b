using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The life of a session in this process, from its creation or its being taken up to its end: it is live, or paused to disk,
/// or has ended. Used in the turns of the session's grain only.
/// </summary>
internal sealed partial class SessionLife(
    SessionRecord record, SessionServices services, SessionActivation activation, ISessionTimers timers, IGrainFactory grains)
{
    private LiveSession? _live;
    private SuspendedSession? _suspended;

    /// <summary>The session with its sandbox; null when it has none.</summary>
    public LiveSession? Live => _live;

    /// <summary>The session while it is paused to disk; null when it is not.</summary>
    public SuspendedSession? Suspended => _suspended;

    private SessionState State => record.Current;

    /// <summary>The form that callers see.</summary>
    public SessionView View() => State.View(_live?.Steps.Busy ?? false, _live?.Steps.Last ?? State.Steps);

    /// <summary>A session that has just been created in a sandbox.</summary>
    public void Begin(SandboxLink link) => Enliven(link).Arm();

    /// <summary>Goes on with a session that an earlier process had.</summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        if (!State.Exists || State.Ended)
            return;
        if (State.Suspended)
        {
            _suspended = new SuspendedSession(record, services, timers);
            return;
        }

        await record.Change(current => current.TakeUp());
        LogTakenUp(services.Logger, State.Id, State.Epoch);
        services.Admission.Readmit();
        var live = Enliven(services.Sandboxes.Resume(State.SandboxId));
        await ClearAway();
        await live.TakeUp(cancellationToken);
        _ = UndoForks(live);
    }

    /// <summary>Lets go of the session, which goes on without this process.</summary>
    public async Task Abandon()
    {
        services.Ports.Close(State.Id);
        if (_live is { } live)
            await live.Abandon();
        services.Ports.Close(State.Id);
        if (_suspended is { } suspended)
            await suspended.Abandon();
    }

    public async Task<Refusal?> Change(SessionChange change, CancellationToken cancellationToken)
    {
        if (_live is { } live)
            return await SessionRefusals.UnlessLost(() => live.Change(change, cancellationToken));
        await record.Change(current => current.Ended ? current : current.Change(change, services.Time.GetUtcNow()));
        _suspended?.Arm();
        return null;
    }

    /// <summary>Its state has another permit.</summary>
    public async Task Renewed(bool movedEnd, CancellationToken cancellationToken)
    {
        if (_live is { } live)
            await SessionRefusals.UnlessLost(() => live.Renewed(movedEnd, cancellationToken));
        _suspended?.Arm();
    }

    public async Task<Refusal?> Pause(CancellationToken cancellationToken) =>
        _live is { } live ? await SessionRefusals.UnlessLost(() => live.Pause(cancellationToken)) : null;

    /// <summary>A live session whose state says that it is paused to disk loses its sandbox.</summary>
    public async Task FallAsleep(LiveSession live)
    {
        if (!State.Suspended || Interlocked.CompareExchange(ref _live, null, live) != live)
            return;
        _suspended = new SuspendedSession(record, services, timers);
        services.Ports.Close(State.Id);
        await live.LetGo();
        // Once more: who had been let through before may have opened a way since.
        services.Ports.Close(State.Id);
        live.EndSuspending();
        activation.Release();
    }

    /// <summary>A session that was paused to disk goes on in a sandbox.</summary>
    public async Task WakeUp(SuspendedSession suspended, SandboxLink link, CancellationToken cancellationToken)
    {
        _suspended = null;
        await suspended.DisposeAsync();
        if (State.Ended)
        {
            // It ended while its sandbox was being made.
            await services.Sandboxes.Destroy(link);
            services.Admission.Leave();
            return;
        }

        await Enliven(link).TakeUp(cancellationToken);
    }

    /// <summary>The sandbox turned out to be gone.</summary>
    public Task Lose(string sandboxId) =>
        _live is { } live && State.SandboxId == sandboxId ? Finish(live.CauseOfLoss()) : Task.CompletedTask;

    /// <summary>Durable first: a session that is over must not come back because the process died while it was cleared away.</summary>
    public async Task Finish(string cause)
    {
        if (State.Ended)
            return;
        // What it is being copied to shall not outlive it unnoticed.
        if (_live is { } copied)
            await copied.Forker.Stop();
        await record.Change(current => current.Ended ? current : current.End(cause, services.Time.GetUtcNow()));
        services.Ports.Close(State.Id);
        if (Interlocked.Exchange(ref _suspended, null) is { } suspended)
        {
            await suspended.DisposeAsync();
            await SuspendedSession.RemoveImage(services, State);
        }

        if (Interlocked.Exchange(ref _live, null) is not { } live)
            return;
        LogEnded(services.Logger, State.Id, cause);
        await live.End();
        services.Ports.Close(State.Id);
        services.Admission.Leave();
        activation.Release();
    }

    /// <summary>Removes all that is stored of a session that has ended.</summary>
    public async Task Remove(CancellationToken cancellationToken)
    {
        if (State.Image is not null)
            await SuspendedSession.RemoveImage(services, State);
        await services.Outputs.Delete(State.Id, cancellationToken);
        await services.Overflow.Delete(State.TenantId, State.Id, cancellationToken);
        await services.Steps.Delete(State.Id, cancellationToken);
        await record.Remove(cancellationToken);
        activation.End();
    }

    private LiveSession Enliven(SandboxLink link)
    {
        activation.Keep();
        return _live = new LiveSession(record, link, services, timers, grains);
    }

    // An earlier process may have ended before it could remove what the session was paused to, or say that it was.
    private async Task ClearAway()
    {
        if (!services.Sandboxes.HasMemory(State.Spec.Isolation))
            return;
        try
        {
            await SuspendedSession.RemoveImage(services, State);
        }
        catch (Exception e)
        {
            LogNotCleared(services.Logger, State.Id, e);
        }
    }

    private async Task UndoForks(LiveSession live)
    {
        try
        {
            await live.Forker.UndoLeft();
        }
        catch (Exception e)
        {
            LogNotCleared(services.Logger, State.Id, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is taken up from an earlier process (epoch {Epoch})")]
    private static partial void LogTakenUp(ILogger logger, string session, int epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: what an earlier process left could not be cleared away")]
    private static partial void LogNotCleared(ILogger logger, string session, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} ended: {Cause}")]
    private static partial void LogEnded(ILogger logger, string session, string cause);
}
