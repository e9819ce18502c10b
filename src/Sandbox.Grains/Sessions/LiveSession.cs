using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Jobs;
using Sandbox.Grains.Sessions.Forks;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Runtime.Channel;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// A session that this process holds: its link, its steps, its clock. Made when the session is created or taken up, gone
/// when it has ended or the silo stops. Used in the turns of the session's grain only.
/// </summary>
internal sealed class LiveSession
{
    // What a timer can wait at most is a matter of the platform; looking in between costs nothing.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(12);

    private readonly SessionRecord _record;
    private readonly SandboxLink _link;
    private readonly SessionServices _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly SessionContext _context;
    private readonly SessionFreezer _freezer;
    private readonly SessionSaver _saver;
    private readonly ITimer _timer;
    private readonly IDisposable _watch;
    private DateTimeOffset _idleSince;

    public LiveSession(SessionRecord record, SandboxLink link, SessionServices services, ISessionTimers timers, IGrainFactory grains)
    {
        _record = record;
        _link = link;
        _services = services;
        _context = new SessionContext(record, link, services, _stop.Token);
        _freezer = new SessionFreezer(record, link, services);
        _saver = new SessionSaver(record, link, services, _freezer);
        _idleSince = services.Time.GetUtcNow();
        Steps = new SessionSteps(_context, services.Options, Touch);
        Forker = new SessionForker(record, link, services, grains, _context.Kernels.Save);
        _timer = services.Time.CreateTimer(_ => _ = timers.Due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watch = services.Policies.Watch(
            new PolicyName(State.TenantId, State.Decision.Policy), () => State.Permit.Version, () => _ = timers.PolicyChanged());
        _ = _context.Packages.Begin(_stop.Token);
        _ = link.Lost.ContinueWith(_ => timers.Lost(link.Id.ToString()), _stop.Token, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public SessionSteps Steps { get; }

    public SessionForker Forker { get; }

    /// <summary>Completes when it has been paused to disk, or has not; null while nobody tries. No step may begin meanwhile.</summary>
    public Task? Suspending => _saver.Saving;

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
                await _freezer.Freeze(false, cancellationToken);
                var sandbox = await _link.Get(cancellationToken);
                known = sandbox.Agent.KnownExecs;
                await _context.Egress.Ensure(sandbox, cancellationToken);
            }
            catch (Exception e) when (e is SandboxLostException or AgentConnectionException)
            {
                // Of a loss, the link tells the grain; a connection that breaks is made anew by whoever needs it.
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
    public StepHandle Add(StepSpec spec, BackgroundCommand? background, Caller caller, string? idempotencyKey, string? fingerprint)
    {
        Touch();
        var run = Steps.Add(spec, background, caller, idempotencyKey, fingerprint);
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
            await _freezer.MoveDeadline(cancellationToken);
    }

    /// <summary>Its state has another permit: the clock goes by that, and where its end has moved, the agent's clock too.</summary>
    public async Task Renewed(bool movedEnd, CancellationToken cancellationToken)
    {
        Arm();
        if (movedEnd)
            await _freezer.MoveDeadline(cancellationToken);
    }

    /// <summary>Pauses it in memory.</summary>
    public Task Pause(CancellationToken cancellationToken) => _freezer.Pause(cancellationToken);

    /// <summary>Ends a pause in memory.</summary>
    public Task Resume(CancellationToken cancellationToken) => _freezer.Resume(
        () =>
        {
            Touch();
            Arm();
        },
        cancellationToken);

    /// <summary>Pauses it to disk; the caller then lets go of the session. The refusal, where it could not be done.</summary>
    public Task<Refusal?> Suspend(CancellationToken cancellationToken) => _saver.Save(() => Working, () => Steps.Last, cancellationToken);

    /// <summary>Steps may begin again: the session is awake, or those that wait have to wake it.</summary>
    public void EndSuspending() => _saver.End();

    /// <summary>Its state names no sandbox any more: lets go of everything, and destroys it.</summary>
    public async Task LetGo()
    {
        await StopClock();
        await _stop.CancelAsync();
        await _context.Egress.DisposeAsync();
        await _services.Sandboxes.Destroy(_link);
        _services.Admission.Leave();
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
        await StopClock();
        await Steps.EndAll(StepEnds.CauseOf(State.Cause));
        await _stop.CancelAsync();
        await _context.Egress.DisposeAsync();
        await _services.Sandboxes.Destroy(_link);
    }

    /// <summary>Lets go of everything and ends nothing.</summary>
    public async Task Abandon()
    {
        await StopClock();
        await _stop.CancelAsync();
        Forker.Abandon();
        Steps.Abandon();
        await _context.Egress.DisposeAsync();
        await _services.Sandboxes.Release(_link);
        _services.Admission.Leave();
    }

    private ValueTask StopClock()
    {
        _watch.Dispose();
        return _timer.DisposeAsync();
    }
}
