using Microsoft.Extensions.Logging;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions.Commands;
using Sandbox.Grains.Sessions.Files;
using Sandbox.Grains.Sessions.Steps;
using Sandbox.Grains.Snapshots;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The doors of a session: each gates, refuses what has ended, and hands on to <see cref="LiveSession"/>. Turns are short;
/// nothing in one waits for code longer than its caller asked for.
/// </summary>
[GrainType("session")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class SessionGrain(
    [PersistentState("session")] IPersistentState<SessionState> state,
    PolicyGate gate,
    SessionServices services,
    ILogger<SessionGrain> logger) : Grain, ISessionGrain, ISessionCommandsGrain, ISessionTimers, ISessionCopies
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _keyed = new(1);
    private SessionRecord? _record;
    private readonly SemaphoreSlim _waking = new(1);
    private LiveSession? _live;
    private SuspendedSession? _suspended;

    private SessionRecord Record => _record ??= new SessionRecord(state);

    private SessionState State => Record.Current;

    private DateTimeOffset Now => services.Time.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!State.Exists || State.Ended)
            return;
        if (State.Suspended)
        {
            _suspended = Suspended();
            return;
        }

        await Record.Change(current => current.TakeUp());
        LogTakenUp(State.Id, State.Epoch);
        services.Admission.Readmit(State.TenantId);
        StayActive();
        _live = Live(services.Sandboxes.Resume(State.SandboxId));
        await ClearAway();
        await _live.TakeUp(cancellationToken);
        _ = UndoForks(_live);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_live is { } live)
            await live.Abandon();
        if (_suspended is { } suspended)
            await suspended.DisposeAsync();
    }

    public async Task<Reply<SessionCreation>> Create(Caller caller, SessionSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (State.Exists)
            return Replay(caller, fingerprint);
        var (decision, refusal) = gate.Decide(caller, spec.Isolation, spec.Template, spec.Language);
        if (spec.OnIdle == IdleActions.Suspend)
            refusal ??= RefuseMemory(spec, "onIdle");
        refusal ??= services.Admission.Enter(caller.TenantId);
        if (refusal is not null)
            return Refused(refusal);
        if (spec.Template is { } name && gate.TemplateOf(caller.TenantId, name) is { } template)
            spec = spec with { Template = template.Key, Env = template.EnvironmentWith(spec.Env) };

        SessionId.TryParse(this.GetPrimaryKeyString(), out var id);
        var start = await Start(caller, id, spec, cancellationToken);
        if (start.Value is not { } made)
            return Refused(start.Refusal!);
        var (link, origin) = made;
        var created = SessionState.Create(id, caller.TenantId, caller.AgentId, spec, fingerprint, decision, gate.Node, link.Id.ToString(), Now, origin);
        try
        {
            // First: a state that is durable names a sandbox that has answered.
            await link.SetDeadline(SessionClock.AgentDeadline(created, Now), cancellationToken);
            await Record.Create(created);
        }
        catch
        {
            // What is durable is read anew by the next call; a sandbox that no state names goes.
            DeactivateOnIdle();
            services.Admission.Leave(caller.TenantId);
            _ = services.Sandboxes.Destroy(link);
            throw;
        }

        StayActive();
        _live = Live(link);
        _live.Arm();
        return new SessionCreation(View(), Replayed: false);
    }

    public Task<Reply<SessionView>> Get(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult(Gone(caller) is { } refusal ? refusal : (Reply<SessionView>)View());

    public async Task<Reply<SessionView>> Update(Caller caller, SessionChange change, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (_live is { } live)
            return await Unless(() => live.Change(change, cancellationToken)) is { } lost ? lost : View();
        await Record.Change(current => current.Ended ? current : current.Change(change, Now));
        _suspended?.Arm();
        return View();
    }

    public async Task<Reply<SessionView>> End(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        await Finish(SessionEndCauses.Requested);
        return View();
    }

    public async Task<Reply<SessionView>> Pause(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        return _live is { } live && await Unless(() => live.Pause(cancellationToken)) is { } lost ? lost : View();
    }

    public async Task<Reply<SessionView>> Resume(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        return await Awake(cancellationToken) is { } lost ? lost : View();
    }

    public async Task<Reply<SessionView>> Suspend(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (RefuseMemory(State.Spec, "memory") is { } unsupported)
            return unsupported;
        return await Suspend(cancellationToken) is { } refused ? refused : View();
    }

    public async Task<Reply<SessionForks>> Fork(
        Caller caller, ForkSpec spec, string? idempotencyKey, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (spec.Memory && RefuseMemory(State.Spec, "memory") is { } unsupported)
            return unsupported;
        if (await Awake(cancellationToken) is { } lost)
            return lost;
        return await _live!.Forker.Fork(caller, spec, idempotencyKey, fingerprint, cancellationToken);
    }

    public async Task<Reply<SessionSource>> Source(Caller caller, CancellationToken cancellationToken)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (await Awake(cancellationToken) is { } lost)
            return lost;
        _live!.Touch();
        return new SessionSource(State.TenantId, State.SandboxId, State.Node, State.Spec, _live.Kernels);
    }

    public async Task Discard()
    {
        if (State.Exists)
        {
            await Finish(SessionEndCauses.Requested);
            await Remove(CancellationToken.None);
        }

        DeactivateOnIdle();
    }

    public async Task<Reply<StepSubmission>> RunStep(
        Caller caller, StepSpec spec, string? idempotencyKey, string? fingerprint, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (spec.Language is { } language && gate.RefuseLanguage(caller.TenantId, language, State.Spec.Template) is { } unknown)
            return unknown;
        var (step, replayed, refused) = await Admit(caller, spec, null, idempotencyKey, fingerprint, cancellationToken);
        return step is null ? refused! : new StepSubmission(await step.View(Bounded(wait), cancellationToken), replayed);
    }

    public async Task<Reply<StepView>> GetStep(Caller caller, long sequence, TimeSpan wait, CancellationToken cancellationToken = default) =>
        await FindStep(caller, sequence, cancellationToken) is { } step
            ? await step.View(Bounded(wait), cancellationToken)
            : NoStep(caller);

    public async Task<Reply<StepPage>> ListSteps(Caller caller, long after, int limit, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        var (records, next) = await List(background: false, after, limit, cancellationToken);
        return new StepPage([.. records.Select(StepViews.WithoutOutput)], next);
    }

    public async Task<Reply<OutputEventPage>> ReadStepEvents(
        Caller caller, long sequence, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        await FindStep(caller, sequence, cancellationToken) is { } step
            ? await step.Events(after, Bounded(wait), cancellationToken)
            : NoStep(caller);

    public async Task<Reply<SessionEventPage>> ReadEvents(
        Caller caller, string after, long version, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (!SessionPosition.TryParse(after, out var position))
            return new Refusal(RefusalCodes.InvalidRequest, "Is not the id of an event of the session.", "from");
        return await new SessionEventReader(services, Record, _live?.Steps).Read(position, version, Bounded(wait), View, cancellationToken);
    }

    public async Task<Reply<StepView>> Interrupt(Caller caller, long sequence, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (await FindStep(caller, sequence, cancellationToken) is not { } step)
            return NoStep(caller);
        if (step.Run is { } run)
            await run.Interrupt(cancellationToken);
        return await step.View(TimeSpan.Zero, cancellationToken);
    }

    public async Task<Reply<CommandSubmission>> StartCommand(
        Caller caller, CommandSpec spec, string? idempotencyKey, string? fingerprint, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (BackgroundCommands.ToRecord(spec) is not { } command)
            return BackgroundCommands.BadCwd;
        var (started, replayed, refused) = await Admit(caller, BackgroundCommands.ToStep(spec), command, idempotencyKey, fingerprint, cancellationToken);
        return started is null ? refused! : new CommandSubmission(await CommandOf(started).Started(cancellationToken), replayed);
    }

    public async Task<Reply<CommandView>> GetCommand(Caller caller, long number, TimeSpan wait, CancellationToken cancellationToken = default) =>
        await FindCommand(caller, number, cancellationToken) is { } command
            ? await command.View(Bounded(wait), cancellationToken)
            : NoStep(caller);

    public async Task<Reply<CommandPage>> ListCommands(Caller caller, long after, int limit, CancellationToken cancellationToken = default)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        var (records, next) = await List(background: true, after, limit, cancellationToken);
        return new CommandPage([.. records.Select(record => CommandHandle.ToView(record, _live?.Steps.Find(record.Sequence)))], next);
    }

    public async Task<Reply<CommandOutput>> ReadCommandOutput(
        Caller caller, long number, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (await FindCommand(caller, number, cancellationToken) is not { } command)
            return NoStep(caller);
        var most = Math.Clamp(limit, 1, ISessionCommandsGrain.LargestOutput);
        var part = await command.Output(stream, from, most, Bounded(wait), cancellationToken);
        return from > part.Total ? BackgroundCommands.BehindTheEnd(part.Total) : part;
    }

    public async Task<Reply<OutputEventPage>> ReadCommandEvents(
        Caller caller, long number, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        await FindCommand(caller, number, cancellationToken) is { } command
            ? await command.Events(after, Bounded(wait), cancellationToken)
            : NoStep(caller);

    public async Task<Reply<CommandView>> SignalCommand(Caller caller, long number, int signal, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (await FindCommand(caller, number, cancellationToken) is not { } command)
            return NoStep(caller);
        if (command.Run is { } run)
        {
            if (await Awake(cancellationToken) is { } lost)
                return lost;
            if (!await run.Signal(signal, cancellationToken))
                return FileRefusals.Interrupted;
        }

        return await command.View(TimeSpan.Zero, cancellationToken);
    }

    public async Task<Reply<SessionSandbox>> Touch(Caller caller, CancellationToken cancellationToken = default)
    {
        if (Gone(caller, acts: true) is { } refusal)
            return refusal;
        if (await Awake(cancellationToken) is { } lost)
            return lost;
        _live?.Touch();
        return new SessionSandbox(State.SandboxId, State.Node, State.Origin?.Branch);
    }

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        if (!State.Exists)
            return;
        if (!State.Ended)
        {
            await Due();
            return;
        }

        if (State.EndedAt >= endedBefore)
            return;
        await Remove(cancellationToken);
        DeactivateOnIdle();
    }

    public async Task Due()
    {
        if (_live is not { } live)
        {
            if (_suspended is { IsOver: true })
                await Finish(SessionEndCauses.Ttl);
            return;
        }

        switch (live.DueNow())
        {
            case SessionDue.Expire:
                await Finish(SessionEndCauses.Ttl);
                break;
            case SessionDue.ExpireIdle:
                await Finish(SessionEndCauses.Idle);
                break;
            case SessionDue.Pause:
                await Unless(() => live.Pause(CancellationToken.None));
                break;
            case SessionDue.Suspend:
                await SuspendIdle(live);
                break;
        }

        _live?.Arm();
    }

    public Task Lost(string sandboxId) =>
        _live is not null && State.SandboxId == sandboxId ? Finish(_live.CauseOfLoss()) : Task.CompletedTask;

    // Durable first: a session that is over must not come back because the process died while it was cleared away.
    private async Task Finish(string cause)
    {
        if (State.Ended)
            return;
        // What it is being copied to shall not outlive it unnoticed.
        if (_live is { } copied)
            await copied.Forker.Stop();
        await Record.Change(current => current.Ended ? current : current.End(cause, Now));
        if (Interlocked.Exchange(ref _suspended, null) is { } suspended)
        {
            await suspended.DisposeAsync();
            await SuspendedSession.RemoveImage(services, State);
        }

        if (Interlocked.Exchange(ref _live, null) is not { } live)
            return;
        LogEnded(State.Id, cause);
        await live.End();
        services.Admission.Leave(State.TenantId);
        DelayDeactivation(TimeSpan.Zero);
    }

    private Reply<SessionCreation> Replay(Caller caller, string fingerprint)
    {
        if (NotFoundFor(caller) is { } refusal)
            return refusal;
        if (State.Fingerprint != fingerprint)
            return new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");
        return new SessionCreation(View(), Replayed: true);
    }

    // A session that is about to be paused to disk takes nothing: it has to be woken first.
    private async Task<(StepHandle? Step, bool Replayed, Refusal? Refusal)> Admit(
        Caller caller, StepSpec spec, BackgroundCommand? command, string? key, string? fingerprint, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await Awake(cancellationToken) is { } lost)
                return (null, false, lost);
            var (step, replayed, refused) = key is null
                ? Add(caller, spec, command, null, null)
                : await FindOrAdd(caller, spec, command, key, fingerprint, cancellationToken);
            if (step is not null || refused is not null)
                return (step, replayed, refused);
        }
    }

    // One at a time: of requests with one key that come together, the first adds the step and the others find it.
    private async Task<(StepHandle? Step, bool Replayed, Refusal? Refusal)> FindOrAdd(
        Caller caller, StepSpec spec, BackgroundCommand? command, string key, string? fingerprint, CancellationToken cancellationToken)
    {
        await _keyed.WaitAsync(cancellationToken);
        try
        {
            if (Gone(caller) is { } ended)
                return (null, false, ended);
            if (_live is not { } live)
                return (null, false, null);
            if (await live.FindStep(key, cancellationToken) is not { } known)
                return Add(caller, spec, command, key, fingerprint);
            return known.Record.Fingerprint == fingerprint
                ? (known, true, null)
                : (null, false, new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request."));
        }
        finally
        {
            _keyed.Release();
        }
    }

    // Nothing is awaited in here: what is checked still holds when the step is added.
    private (StepHandle? Step, bool Replayed, Refusal? Refusal) Add(
        Caller caller, StepSpec spec, BackgroundCommand? command, string? key, string? fingerprint)
    {
        if (Gone(caller) is { } ended)
            return (null, false, ended);
        if (_live is not { Suspending: null } live)
            return (null, false, null);
        if (command?.Terminal is { } terminal && live.Steps.FindTerminal(terminal.Name) is { } there)
            return (new StepHandle(services, there.Record, there), true, null);
        if ((command is null ? live.Steps.Refuse(spec.Context) : live.Steps.RefuseCommand()) is { } refusal)
            return (null, false, refusal);
        return (live.Add(spec, command, caller.AgentId, key, fingerprint), false, null);
    }

    // The place among the live sessions is given back where there is no sandbox for it.
    private async Task<Reply<SessionStart>> Start(Caller caller, SessionId id, SessionSpec spec, CancellationToken cancellationToken)
    {
        Reply<SessionStart>? reply = null;
        try
        {
            return reply = await services.Starts.Make(caller, id, spec, cancellationToken);
        }
        finally
        {
            if (reply?.Value is null)
                services.Admission.Leave(caller.TenantId);
        }
    }

    /// <summary>Sees to it that the session has its sandbox, and that it is not frozen; the refusal where it cannot.</summary>
    private async Task<Refusal?> Awake(CancellationToken cancellationToken)
    {
        while (!State.Ended)
        {
            if (_live is { Suspending: { } suspending })
                await suspending.WaitAsync(cancellationToken);
            else if (_live is { } live)
                return await Unless(() => live.Resume(cancellationToken));
            else if (await Wake(cancellationToken) is { } refusal)
                return refusal;
        }

        return SessionRefusals.Ended(State);
    }

    private async Task<Refusal?> Wake(CancellationToken cancellationToken)
    {
        await _waking.WaitAsync(cancellationToken);
        try
        {
            if (_suspended is not { } suspended)
                return null;
            if (suspended.IsOver)
            {
                await Finish(SessionEndCauses.Ttl);
                return null;
            }

            var reply = await suspended.Wake(cancellationToken);
            if (reply.Value is { } link)
                await Enliven(suspended, link, cancellationToken);
            else if (reply.Refusal!.Code == RefusalCodes.SnapshotCorrupt)
                await Finish(SessionEndCauses.SandboxLost);
            else
                return reply.Refusal;
            return null;
        }
        finally
        {
            _waking.Release();
        }
    }

    private async Task Enliven(SuspendedSession suspended, SandboxLink link, CancellationToken cancellationToken)
    {
        _suspended = null;
        await suspended.DisposeAsync();
        if (State.Ended)
        {
            // It ended while its sandbox was being made.
            await services.Sandboxes.Destroy(link);
            services.Admission.Leave(State.TenantId);
            return;
        }

        StayActive();
        _live = Live(link);
        await _live.TakeUp(cancellationToken);
    }

    private async Task<Refusal?> Suspend(CancellationToken cancellationToken)
    {
        if (_live is not { } live)
            return null;
        if (await live.Suspend(cancellationToken) is { } refusal)
            return refusal;
        if (!State.Suspended || Interlocked.CompareExchange(ref _live, null, live) != live)
            return null;
        _suspended = Suspended();
        await live.LetGo();
        live.EndSuspending();
        DelayDeactivation(TimeSpan.Zero);
        return null;
    }

    // What fails is tried again when it has been idle for as long once more; the clock goes on meanwhile.
    private async Task SuspendIdle(LiveSession live)
    {
        try
        {
            if (await Suspend(CancellationToken.None) is null)
                return;
        }
        catch (Exception e)
        {
            LogStaysAwake(State.Id, e);
        }

        live.Touch();
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
            LogNotCleared(State.Id, e);
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
            LogNotCleared(State.Id, e);
        }
    }

    private async Task Remove(CancellationToken cancellationToken)
    {
        if (State.Image is not null)
            await SuspendedSession.RemoveImage(services, State);
        await services.Outputs.Delete(State.Id, cancellationToken);
        await services.Steps.Delete(State.Id, cancellationToken);
        await Record.Remove(cancellationToken);
    }

    private Refusal? RefuseMemory(SessionSpec spec, string field) =>
        services.Sandboxes.HasMemory(spec.Isolation) ? null : SnapshotRefusals.MemoryUnsupported(spec.Isolation, field);

    private async Task<StepHandle?> FindStep(Caller caller, long sequence, CancellationToken cancellationToken) =>
        await FindAny(caller, sequence, cancellationToken) is { Record.Background: null } step ? step : null;

    private async Task<CommandHandle?> FindCommand(Caller caller, long number, CancellationToken cancellationToken) =>
        await FindAny(caller, number, cancellationToken) is { Record.Background: not null } command ? CommandOf(command) : null;

    private CommandHandle CommandOf(StepHandle step) => new(services, step.Record, step.Run);

    private async Task<StepHandle?> FindAny(Caller caller, long sequence, CancellationToken cancellationToken)
    {
        if (NotFoundFor(caller) is not null)
            return null;
        if (_live?.Steps.Find(sequence) is { } run)
            return new StepHandle(services, run.Record, run);
        return await services.Steps.Find(State.Id, sequence, cancellationToken) is { } record ? new StepHandle(services, record.Settled(State), null) : null;
    }

    private async Task<(IReadOnlyList<StepRecord> Page, long? Next)> List(bool background, long after, int limit, CancellationToken cancellationToken)
    {
        var stored = await services.Steps.List(State.Id, background, after, limit + 1, cancellationToken);
        var open = _live?.Steps.Open.Select(run => run.Record).Where(record => record.Sequence > after && record.Background is not null == background) ?? [];
        // Of one that is both, what is open is newer.
        var all = open.Concat(stored).DistinctBy(record => record.Sequence).OrderBy(record => record.Sequence).Take(limit + 1).ToList();
        var page = all.Take(limit).Select(record => record.Settled(State)).ToList();
        return (page, all.Count > limit ? page[^1].Sequence : null);
    }

    private Refusal NoStep(Caller caller) => NotFoundFor(caller) ?? new Refusal(RefusalCodes.NotFound, "There is no such step or command.");

    private Refusal Refused(Refusal refusal)
    {
        DeactivateOnIdle();
        return refusal;
    }

    private Refusal? NotFoundFor(Caller caller)
    {
        if (State.Exists && State.TenantId == caller.TenantId)
            return null;
        if (!State.Exists)
            DeactivateOnIdle();
        return new Refusal(RefusalCodes.NotFound, "There is no such session.");
    }

    private Refusal? Gone(Caller caller, bool acts = false) =>
        NotFoundFor(caller) ?? (State.Ended ? SessionRefusals.Ended(State) : acts ? PolicyGate.RefuseRole(caller) : null);

    // Does something, unless the sandbox turns out to be gone: then the refusal, and the link has told the grain.
    private static async Task<Refusal?> Unless(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (SandboxLostException)
        {
            return SessionRefusals.Lost;
        }
    }

    private LiveSession Live(SandboxLink link) => new(Record, link, services, this.AsReference<ISessionTimers>(), GrainFactory);

    private SuspendedSession Suspended() => new(Record, services, this.AsReference<ISessionTimers>());

    private SessionView View() => State.View(_live?.Steps.Busy ?? false, _live?.Steps.Last ?? State.Steps);

    private static TimeSpan Bounded(TimeSpan wait) => wait < LongestWait ? wait : LongestWait;

    // A live session keeps its grain: with it would go its clock, its steps and its connection.
    private void StayActive() => DelayDeactivation(Timeout.InfiniteTimeSpan);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is taken up from an earlier process (epoch {Epoch})")]
    private partial void LogTakenUp(string session, int epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {Session} is idle and could not be paused to disk")]
    private partial void LogStaysAwake(string session, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session}: what an earlier process left could not be cleared away")]
    private partial void LogNotCleared(string session, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} ended: {Cause}")]
    private partial void LogEnded(string session, string cause);
}
