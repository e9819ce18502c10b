using Orleans.Placement;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Ports;
using Sandbox.Grains.Abstractions.Services;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions;

namespace Sandbox.Grains.Services;

/// <summary>The doors of a service: each refuses strangers and hands on to one of <see cref="ServiceParts"/>.</summary>
[GrainType("service")]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class ServiceGrain(
    [PersistentState("service")] IPersistentState<ServiceState> state,
    PolicyGate gate,
    ServiceServices services) : Grain, IServiceGrain, ISessionTimers
{
    private ServiceParts? _parts;

    // Not before the state has been read.
    private ServiceParts Parts => _parts ??= new ServiceParts(
        state, gate, services, new SessionActivation(DelayDeactivation, DeactivateOnIdle), this.AsReference<ISessionTimers>(), GrainFactory);

    private ServiceState State => Parts.Record.Current;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => Parts.Life.TakeUp(cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Parts.Life.Abandon();

    public Task<Reply<ServiceCreation>> Create(Caller caller, ServiceSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        ServiceId.TryParse(this.GetPrimaryKeyString(), out var id);
        return Parts.Creator.Create(caller, id, spec, fingerprint, cancellationToken);
    }

    public async Task<Reply<ServiceView>> Get(Caller caller, TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (RefuseStrangers(caller) is { } refusal)
            return refusal;
        var began = services.Time.GetTimestamp();
        while (State.Status == ServiceStatus.Starting && BoundedWait.InCall(wait) - services.Time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
            await BoundedWait.For(Parts.Record.Changed, left, services.Time, cancellationToken);
        return State.View();
    }

    public async Task<Reply<ServiceView>> Stop(Caller caller, CancellationToken cancellationToken = default)
    {
        if (await RefuseActing(caller, AuditActions.ServiceStop) is { } refusal)
            return refusal;
        if (!State.Ended)
        {
            await services.Audit.Append(ServiceAudit.Asked(caller, State.Id, AuditActions.ServiceStop), cancellationToken);
            await Parts.Life.Finish(ServiceCauses.Requested, null);
        }

        return State.View();
    }

    public async Task<Reply<ServiceLog>> ReadLog(
        Caller caller, int attempt, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken = default) =>
        RefuseStrangers(caller) is { } refusal ? refusal : await Parts.Logs.Read(caller, attempt, stream, from, limit, wait, cancellationToken);

    public async Task<Reply<ServiceLogPage>> ReadLogEvents(
        Caller caller, int attempt, long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        RefuseStrangers(caller) is { } refusal ? refusal : await Parts.Logs.Events(caller, attempt, after, wait, cancellationToken);

    public async Task<Reply<NewServiceToken>> MakeToken(Caller caller, double? seconds, CancellationToken cancellationToken = default) =>
        await RefuseChanging(caller, AuditActions.ServiceTokenCreated) is { } refusal ? refusal : await Parts.Tokens.Make(caller, seconds);

    public Task<Reply<ServiceTokens>> ListTokens(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult(RefuseStrangers(caller) is { } refusal ? refusal : (Reply<ServiceTokens>)Parts.Tokens.List());

    public async Task<Reply<ServiceTokens>> RevokeToken(Caller caller, string tokenId, CancellationToken cancellationToken = default) =>
        await RefuseChanging(caller, AuditActions.ServiceTokenRevoked) is { } refusal ? refusal : await Parts.Tokens.Revoke(caller, tokenId);

    public Task<ServiceTokenHolder?> FindToken(string hash, CancellationToken cancellationToken = default) => Task.FromResult(Parts.Tokens.Find(hash));

    public async Task<Reply<PortPlace>> Reach(Caller caller, CancellationToken cancellationToken = default)
    {
        if (await RefuseActing(caller, AuditActions.PortDenied) is { } refusal)
            return refusal;
        return ServiceRefusals.Unreachable(State, services.Time.GetUtcNow()) is { } unreachable
            ? await WithLog(caller, unreachable, cancellationToken)
            : Parts.Ports.PlaceOf(State);
    }

    public async Task<Refusal> Explain(Caller caller, CancellationToken cancellationToken = default) => RefuseStrangers(caller)
        ?? await WithLog(caller, ServiceRefusals.Unreachable(State, services.Time.GetUtcNow()) ?? ServiceRefusals.BrokenAnswer, cancellationToken);

    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task Expire(DateTimeOffset endedBefore, CancellationToken cancellationToken = default)
    {
        if (!State.Exists)
            return;
        if (!State.Ended)
            await Due();
        else if (State.EndedAt < endedBefore)
        {
            await services.Audit.Append(ServiceAudit.Expired(State), cancellationToken);
            await Parts.Session.Life.Remove(cancellationToken);
        }
    }

    public async Task Due()
    {
        await Parts.Session.Alarm.Ring();
        Parts.Life.StopWhenOver();
    }

    public async Task Lost(string sandboxId)
    {
        await Parts.Session.Life.Lose(sandboxId);
        Parts.Life.StopWhenOver();
    }

    public Task PolicyChanged() => Parts.Life.FollowPolicy(CancellationToken.None);

    private Refusal? RefuseStrangers(Caller caller)
    {
        if (State.Exists && State.Session.TenantId == caller.TenantId)
            return null;
        if (!State.Exists)
            DeactivateOnIdle();
        return ServiceRefusals.NotFound;
    }

    private async Task<Refusal?> RefuseChanging(Caller caller, string action) =>
        await RefuseActing(caller, action) ?? (State.Ended ? ServiceRefusals.Over(State) : null);

    // What policy forbids is on the record.
    private async Task<Refusal?> RefuseActing(Caller caller, string action)
    {
        if (RefuseStrangers(caller) is { } unknown)
            return unknown;
        var refusal = PolicyGate.RefuseRole(caller) ?? PermitSource.RefuseOther(caller, State.Session.Decision.Policy);
        if (refusal is not null)
            await services.Audit.Append(ServiceAudit.Denied(caller, State.Id, action, refusal));
        return refusal;
    }

    // To the tenant's own callers alone: whoever holds a token may be anybody.
    private async Task<Refusal> WithLog(Caller caller, Refusal refusal, CancellationToken cancellationToken) =>
        refusal.Code == RefusalCodes.ServiceFailed && caller.Role != ServiceTokenHolder.Role
            ? refusal with { Log = await Parts.Logs.Tail(cancellationToken) }
            : refusal;
}
