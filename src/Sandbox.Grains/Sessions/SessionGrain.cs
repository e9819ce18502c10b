using Orleans.Placement;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The doors of a session: each gates, refuses what has ended, and hands on to one of <see cref="SessionParts"/>. Turns are
/// short; nothing in one waits for code longer than its caller asked for.
/// </summary>
[GrainType("session")]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class SessionGrain(
    [PersistentState("session")] IPersistentState<SessionState> state,
    PolicyGate gate,
    SessionServices services) : Grain, ISessionGrain, ISessionCommandsGrain, ISessionPortsGrain, ISessionTimers, ISessionCopies
{
    private SessionParts? _parts;

    // Not before the state has been read.
    private SessionParts Parts => _parts ??= new SessionParts(
        state, gate, services, new SessionActivation(DelayDeactivation, DeactivateOnIdle), this.AsReference<ISessionTimers>(), GrainFactory);

    private SessionState State => Parts.Record.Current;

    private SessionLife Life => Parts.Life;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Life.TakeUp(cancellationToken);
        await Parts.Policy.Renew(cancellationToken);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Life.Abandon();

    public Task<Reply<SessionCreation>> Create(Caller caller, SessionSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        SessionId.TryParse(this.GetPrimaryKeyString(), out var id);
        return Parts.Creator.Create(new SessionOrder(caller, id, spec, fingerprint), cancellationToken);
    }

    public Task<Reply<SessionView>> Get(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult(Parts.Access.RefuseUse(caller) is { } refusal ? refusal : (Reply<SessionView>)Life.View());

    public Task<Reply<SessionMetrics>> Measure(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult(Parts.Access.RefuseUse(caller) is { } refusal ? refusal : (Reply<SessionMetrics>)Parts.Meter.Read());

    public Task<Reply<SessionView>> Update(Caller caller, SessionChange change, CancellationToken cancellationToken = default) =>
        Act(caller, AuditActions.SessionUpdate, async () =>
        {
            if (change.AtMostPermitted)
                change = LeftOutMembers.AtMost(change, State.Spec, await gate.PermitOf(State.TenantId, State.Decision, cancellationToken));
            return await gate.Refuse(caller, State.Decision, change, cancellationToken) ?? await Life.Change(change, cancellationToken);
        });

    public Task<Reply<SessionView>> End(Caller caller, CancellationToken cancellationToken = default) => Act(caller, AuditActions.SessionEnd, async () =>
    {
        await Life.Finish(SessionEndCauses.Requested);
        return null;
    });

    public Task<Reply<SessionView>> Pause(Caller caller, CancellationToken cancellationToken = default) =>
        Act(caller, AuditActions.SessionPause, () => Life.Pause(cancellationToken));

    public Task<Reply<SessionView>> Resume(Caller caller, CancellationToken cancellationToken = default) =>
        Act(caller, AuditActions.SessionResume, () => Parts.Suspension.Awake(cancellationToken));

    public Task<Reply<SessionView>> Suspend(Caller caller, CancellationToken cancellationToken = default) =>
        Act(caller, AuditActions.SessionSuspend, async () => Parts.Suspension.RefuseMemory("memory") ?? await Parts.Suspension.Suspend(cancellationToken));

    public async Task<Reply<SessionForks>> Fork(
        Caller caller, ForkSpec spec, string? idempotencyKey, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (Parts.Access.RefuseActing(caller) is { } refusal)
            return refusal;
        await services.Audit.Append(SessionAudit.Asked(caller, State, AuditActions.SessionFork), cancellationToken);
        if (spec.Memory && Parts.Suspension.RefuseMemory("memory") is { } unsupported)
            return await Refused(caller, AuditActions.SessionFork, unsupported);
        if (await Parts.Suspension.Awake(cancellationToken) is { } lost)
            return await Refused(caller, AuditActions.SessionFork, lost);
        var forks = await Life.Live!.Forker.Fork(caller, spec, idempotencyKey, fingerprint, cancellationToken);
        return forks.Refusal is { } refused ? await Refused(caller, AuditActions.SessionFork, refused) : forks;
    }

    public async Task<Reply<SessionSource>> Source(Caller caller, CancellationToken cancellationToken)
    {
        if (await gate.RefuseWithin(caller, State.Decision, State.Spec, language: null, timeoutSeconds: null, cancellationToken) is { } denied)
            return Parts.Access.RefuseActing(caller) ?? denied;
        if (await Use(caller, cancellationToken) is { } refusal)
            return refusal;
        return new SessionSource(State.TenantId, State.SandboxId, State.Node, State.Spec, Life.Live!.Kernels, State.Permit);
    }

    public async Task<Reply<SessionSandbox>> Touch(Caller caller, CancellationToken cancellationToken = default)
    {
        if (await Use(caller, cancellationToken) is { } refusal)
            return refusal;
        return new SessionSandbox(State.SandboxId, State.Node, State.Origin?.Branch, services.Process);
    }

    public Task<Reply<StepSubmission>> RunStep(
        Caller caller, StepSpec spec, string? idempotencyKey, string? fingerprint, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Steps.Run(caller, spec, idempotencyKey, fingerprint, wait, cancellationToken);

    public Task<Reply<StepView>> GetStep(Caller caller, long sequence, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Steps.Get(caller, sequence, wait, cancellationToken);

    public Task<Reply<StepPage>> ListSteps(Caller caller, long after, int limit, CancellationToken cancellationToken = default) =>
        Parts.Steps.List(caller, after, limit, cancellationToken);

    public Task<Reply<OutputEventPage>> ReadStepEvents(
        Caller caller, long sequence, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Steps.Events(caller, sequence, after, wait, cancellationToken);

    public Task<Reply<SessionEventPage>> ReadEvents(
        Caller caller, string after, long version, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Steps.AllEvents(caller, after, version, wait, cancellationToken);

    public Task<Reply<StepView>> Interrupt(Caller caller, long sequence, CancellationToken cancellationToken = default) =>
        Parts.Steps.Interrupt(caller, sequence, cancellationToken);

    public Task<Reply<CommandSubmission>> StartCommand(
        Caller caller, CommandSpec spec, string? idempotencyKey, string? fingerprint, CancellationToken cancellationToken = default) =>
        Parts.Commands.Start(caller, spec, idempotencyKey, fingerprint, cancellationToken);

    public Task<Reply<CommandView>> GetCommand(Caller caller, long number, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Commands.Get(caller, number, wait, cancellationToken);

    public Task<Reply<CommandPage>> ListCommands(Caller caller, long after, int limit, CancellationToken cancellationToken = default) =>
        Parts.Commands.List(caller, after, limit, cancellationToken);

    public Task<Reply<CommandOutput>> ReadCommandOutput(
        Caller caller, long number, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Commands.Output(caller, number, stream, from, limit, wait, cancellationToken);

    public Task<Reply<OutputEventPage>> ReadCommandEvents(
        Caller caller, long number, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        Parts.Commands.Events(caller, number, after, wait, cancellationToken);

    public Task<Reply<CommandView>> SignalCommand(Caller caller, long number, int signal, CancellationToken cancellationToken = default) =>
        Parts.Commands.Signal(caller, number, signal, cancellationToken);

    public async Task<Reply<PortPlace>> Reach(Caller caller, int port, CancellationToken cancellationToken = default)
    {
        if (Parts.Access.RefuseActing(caller) is { } refusal)
            return refusal;
        if (await gate.RefusePort(caller, State.Decision, port, cancellationToken) is { } forbidden)
            return await Refused(caller, AuditActions.PortDenied, forbidden);
        if (await Use(caller, cancellationToken) is { } lost)
            return lost;
        return new PortPlace(State.Id, State.TenantId, State.SandboxId, port, services.Process);
    }

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        if (!State.Exists)
            return;
        if (!State.Ended)
            await Due();
        else if (State.EndedAt < endedBefore)
        {
            await services.Audit.Append(SessionAudit.Expired(State), cancellationToken);
            await Life.Remove(cancellationToken);
        }
    }

    public async Task Discard()
    {
        if (State.Exists)
        {
            await Life.Finish(SessionEndCauses.Requested);
            await Life.Remove(CancellationToken.None);
        }

        DeactivateOnIdle();
    }

    public Task Due() => Parts.Alarm.Ring();

    public Task Lost(string sandboxId) => Life.Lose(sandboxId);

    public Task PolicyChanged() => Parts.Policy.Renew(CancellationToken.None);

    // That it was asked for is durable before anything is done; that it was done is part of the state that says so.
    private async Task<Reply<SessionView>> Act(Caller caller, string action, Func<Task<Refusal?>> act)
    {
        if (Parts.Access.RefuseActing(caller) is { } refusal)
            return refusal;
        await services.Audit.Append(SessionAudit.Asked(caller, State, action));
        return await act() is { } refused ? await Refused(caller, action, refused) : Life.View();
    }

    private async Task<Refusal> Refused(Caller caller, string action, Refusal refusal)
    {
        await services.Audit.Append(SessionAudit.Denied(caller, State.Id, action, refusal));
        return refusal;
    }

    // Somebody works in the sandbox from now on.
    private async Task<Refusal?> Use(Caller caller, CancellationToken cancellationToken)
    {
        var refusal = Parts.Access.RefuseActing(caller) ?? await Parts.Suspension.Awake(cancellationToken);
        if (refusal is null)
            Life.Live?.Touch();
        return refusal;
    }
}
