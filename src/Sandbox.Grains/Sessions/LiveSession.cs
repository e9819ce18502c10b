using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sessions.Forks;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// A session that this process holds: its link, its steps, its clock. Made when the session is created or taken up, gone
/// when it has ended or the silo stops. Used in the turns of the session's grain only.
/// </summary>
internal sealed partial class LiveSession
{
    // What a timer can wait at most is a matter of the platform; looking in between costs nothing.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(12);

    private readonly SessionRecord _record;
    private readonly SandboxLink _link;
    private readonly SessionServices _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _freezing = new(1);
    private readonly SessionContext _context;
    private readonly ITimer _timer;
    private DateTimeOffset _idleSince;
    private TaskCompletionSource? _suspending;

    public LiveSession(SessionRecord record, SandboxLink link, SessionServices services, ISessionTimers timers, IGrainFactory grains)
    {
        _record = record;
        _link = link;
        _services = services;
        _context = new SessionContext(record.Current, link, services, _stop.Token);
        _idleSince = services.Time.GetUtcNow();
        Steps = new SessionSteps(_context, services.Options, Touch);
        Forker = new SessionForker(record, link, services, grains, _context.Kernels.Save);
        _timer = services.Time.CreateTimer(_ => _ = timers.Due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = link.Lost.ContinueWith(_ => timers.Lost(link.Id.ToString()), _stop.Token, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public SessionSteps Steps { get; }

    public SessionForker Forker { get; }

    /// <summary>Completes when it has been paused to disk, or has not; null while nobody tries. No step may begin meanwhile.</summary>
    public Task? Suspending => _suspending?.Task;

    /// <summary>Kernels, as whoever restores the sandbox with its memory has to know them.</summary>
    public IReadOnlyList<SavedKernel> Kernels => _context.Kernels.Save();

    private SessionState State => _record.Current;

    private DateTimeOffset Now => _services.Time.GetUtcNow();

    private bool Working => Steps.Busy || _link.InUse || State.Forks.Count > 0;

    private DateTimeOffset IdleSince => _link.LastUse > _idleSince ? _link.LastUse : _idleSince;

    /// <summary>Goes on with what an earlier process had begun. A sandbox that is gone is told by the link.</summary>
    public async Task TakeUp(CancellationToken cancellationToken)
    {
        Arm();
        var overview = await _services.Steps.Overview(State.Id, cancellationToken);
        IReadOnlyList<string> known = [];
        if (State.Status != SessionStatus.Paused)
        {
            try
            {
                // It may have been frozen by a process that ended before it could say so.
                await Freeze(false, cancellationToken);
                known = (await _link.Get(cancellationToken)).Agent.KnownExecs;
            }
            catch (SandboxLostException)
            {
                // The link tells the grain.
            }
        }

        Steps.Adopt(overview, known);
    }

    /// <summary>A step that a request with this key made; null when there is none.</summary>
    public async Task<StepHandle?> FindStep(string key, CancellationToken cancellationToken)
    {
        if (Steps.FindByKey(key) is { } run)
            return new StepHandle(_services, run.Record, run);
        return await _services.Steps.FindByKey(State.Id, key, cancellationToken) is { } record ? new StepHandle(_services, record, null) : null;
    }

    /// <summary>Adds a step, or a background command.</summary>
    public StepHandle Add(StepSpec spec, BackgroundCommand? background, string agentId, string? idempotencyKey, string? fingerprint)
    {
        Touch();
        var run = Steps.Add(spec, background, agentId, idempotencyKey, fingerprint);
        return new StepHandle(_services, run.Record, run);
    }

    /// <summary>Counts as work for the idle bound.</summary>
    public void Touch() => _idleSince = Now;

    public async Task Change(SessionChange change, CancellationToken cancellationToken)
    {
        Touch();
        await _record.Change(current => current.Ended ? current : current.Change(change, Now));
        Arm();
        if (change.TtlSeconds is not null)
            await Alone(() => MoveDeadline(cancellationToken));
    }

    /// <summary>Frozen first, then durable: a sandbox that is frozen without a state that says so is let go by whoever takes it up.</summary>
    public Task Pause(CancellationToken cancellationToken) => Alone(async () =>
    {
        if (State.Status != SessionStatus.Ready)
            return;
        await Freeze(true, cancellationToken);
        try
        {
            await _record.Change(current => current.Ended ? current : current.Pause());
        }
        catch
        {
            await Freeze(false, CancellationToken.None);
            throw;
        }
    });

    /// <summary>Durable first, then let go: a process that dies in between leaves a sandbox that the next one lets go.</summary>
    public Task Resume(CancellationToken cancellationToken) => State.Status != SessionStatus.Paused ? Task.CompletedTask : Alone(async () =>
    {
        if (State.Status != SessionStatus.Paused || State.Suspended)
            return;
        await _record.Change(current => current.Status == SessionStatus.Paused ? current.Resume() : current);
        await Freeze(false, cancellationToken);
        Touch();
        Arm();
    });

    /// <summary>
    /// Stores the sandbox with its memory and then says so durably; the sandbox lives until that is done, so that nothing is lost
    /// wherever this ends. The caller then lets go of the session. The refusal, where it could not be done.
    /// </summary>
    public async Task<Refusal?> Suspend(CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        await Alone(async () =>
        {
            if (State.Suspended || State.Ended)
                return;
            if (Working)
            {
                refusal = SessionRefusals.Busy;
                return;
            }

            _suspending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                refusal = await Store(cancellationToken);
            }
            finally
            {
                if (!State.Suspended)
                    EndSuspending();
            }
        });
        return refusal;
    }

    /// <summary>Steps may begin again: the session is awake, or those that wait have to wake it.</summary>
    public void EndSuspending() => Interlocked.Exchange(ref _suspending, null)?.TrySetResult();

    /// <summary>Its state names no sandbox any more: lets go of everything, and destroys it.</summary>
    public async Task LetGo()
    {
        await _timer.DisposeAsync();
        await _stop.CancelAsync();
        await _services.Sandboxes.Destroy(_link);
        _services.Admission.Leave(State.TenantId);
    }

    private async Task<Refusal?> Store(CancellationToken cancellationToken)
    {
        var wasPaused = State.Status == SessionStatus.Paused;
        try
        {
            if (wasPaused)
                await Freeze(false, cancellationToken);
            var (id, tenant, steps) = (State.Id, State.TenantId, Steps.Last);
            await using var image = await _link.Checkpoint(cancellationToken);
            var stored = await Task.Run(() => _services.Store.SaveImage(image, tenant, SuspendedSession.OwnerOf(id), cancellationToken), CancellationToken.None);
            await Change(current => current.Ended || current.Suspended ? current : current.Suspend(stored.ArtifactId, steps));
            // It may have ended meanwhile.
            if (!State.Suspended)
                await SuspendedSession.RemoveImage(_services, State);
            return null;
        }
        catch (Exception e)
        {
            LogNotSuspended(_services.Logger, State.Id, e);
            await SuspendedSession.RemoveImage(_services, State);
            if (wasPaused)
                await Freeze(true, CancellationToken.None);
            if (SnapshotRefusals.OfSaving(e) is { } expected)
                return expected;
            throw;
        }
    }

    // A write that failed may have been one: a sandbox is destroyed, or what is stored of it, by what is durable alone.
    private async Task Change(Func<SessionState, SessionState> change)
    {
        try
        {
            await _record.Change(change);
        }
        catch
        {
            await _record.Reload();
            if (!State.Suspended)
                throw;
        }
    }

    public SessionDue DueNow() => SessionClock.DueAt(State, IdleSince, Working, Now);

    /// <summary>Sets the clock to when something may be due next. Work in between is found out then.</summary>
    public void Arm()
    {
        var wait = SessionClock.UntilDue(State, IdleSince, Working, Now);
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    public string CauseOfLoss() =>
        OutcomeClassifier.ClassifyLost(_context.Usage(), null).Cause == JobCauses.OutOfMemory ? SessionEndCauses.OutOfMemory : SessionEndCauses.SandboxLost;

    /// <summary>Ends the steps, whose records say so, and then the sandbox.</summary>
    public async Task End()
    {
        await _timer.DisposeAsync();
        await Steps.EndAll(State.Cause switch
        {
            SessionEndCauses.SandboxLost => JobCauses.NodeLost,
            SessionEndCauses.OutOfMemory => JobCauses.OutOfMemory,
            _ => StepCauses.SessionEnded,
        });
        await _stop.CancelAsync();
        await _services.Sandboxes.Destroy(_link);
    }

    /// <summary>Lets go of everything and ends nothing.</summary>
    public async Task Abandon()
    {
        await _timer.DisposeAsync();
        await _stop.CancelAsync();
        Forker.Abandon();
        Steps.Abandon();
        await _services.Sandboxes.Release(_link);
        _services.Admission.Leave(State.TenantId);
    }

    // The agent's clock runs on while it is frozen: an old deadline would be met the moment it is let go.
    private async Task MoveDeadline(CancellationToken cancellationToken)
    {
        if (State.Suspended)
            return;
        var paused = State.Status == SessionStatus.Paused;
        if (paused)
            await Freeze(false, cancellationToken);
        await _link.SetDeadline(SessionClock.AgentDeadline(State, Now), cancellationToken);
        if (paused)
            await Freeze(true, cancellationToken);
    }

    // A control group that cannot be frozen or let go is one that is not there any more.
    private async Task Freeze(bool frozen, CancellationToken cancellationToken)
    {
        try
        {
            await _services.Sandboxes.Freeze(_link.Id, frozen, cancellationToken);
        }
        catch (IOException)
        {
            _link.GiveUp();
            throw new SandboxLostException(_link.Id);
        }
    }

    private async Task Alone(Func<Task> change)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session} could not be paused to disk")]
    private static partial void LogNotSuspended(ILogger logger, string session, Exception exception);
}
