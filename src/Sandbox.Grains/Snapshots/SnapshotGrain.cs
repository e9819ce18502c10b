using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Sandbox.Egress;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Snapshots;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Secrets.Redaction;
using Sandbox.Grains.Sessions;
using Sandbox.Grains.Sessions.Files;

namespace Sandbox.Grains.Snapshots;

/// <summary>
/// The doors of a snapshot. That it is to be made is durable before anything is stored for it, and that it is to be removed
/// before anything is removed: whoever activates an unfinished one clears it away.
/// </summary>
[GrainType("snapshot")]
[PreferLocalPlacement]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class SnapshotGrain(
    [PersistentState("snapshot")] IPersistentState<SnapshotState> state,
    SessionServices services,
    ILogger<SnapshotGrain> logger) : Grain, ISnapshotGrain, ISnapshotContent
{
    private const string Interrupted = "interrupted";

    private SnapshotState State => state.State;

    private DateTimeOffset Now => services.Time.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!State.Exists || State.Status == SnapshotStatus.Ready)
            return;
        LogCleared(State.Id);
        if (State.ArtifactId is null)
            await services.Audit.Append(SnapshotAudit.Failed(State, Interrupted), cancellationToken);
        await ClearAway();
    }

    public async Task<Reply<SnapshotCreation>> Create(Caller caller, SnapshotSpec spec, string fingerprint, CancellationToken cancellationToken = default)
    {
        if (State.Exists)
            return Replay(caller, fingerprint);
        if (PolicyGate.RefuseRole(caller) is { } refusal)
            return await Refused(caller, spec, refusal);
        var reply = await GrainFactory.GetGrain<ISessionCopies>(spec.SessionId).Source(caller, cancellationToken);
        if (reply.Value is not { } source)
            return await Refused(caller, spec, reply.Refusal!);
        if (spec.Memory && !services.Sandboxes.HasMemory(source.Spec.Isolation))
            return await Refused(caller, spec, SnapshotRefusals.MemoryUnsupported(source.Spec.Isolation, "memory"));
        // Nobody can look through an image for what its programs hold.
        if (spec.Memory && source.Spec.Secrets is { Count: > 0 } && !source.Permit.SecretsInArtifacts)
            return await Refused(caller, spec, SnapshotRefusals.SecretInside);
        if (services.Sandboxes.Find(source) is not { } link)
            return await Refused(caller, spec, FileRefusals.Elsewhere);
        // Before the sandbox stands still for it.
        if (services.Store.Refuse(source.TenantId) is { } full)
            return await Refused(caller, spec, full);

        var forbidden = await Forbidden(caller, source, cancellationToken);
        SnapshotId.TryParse(this.GetPrimaryKeyString(), out var id);
        await services.Audit.Append(SnapshotAudit.Asked(caller, id.ToString(), AuditActions.SnapshotCreate, spec.SessionId), cancellationToken);
        await Write(SnapshotState.Begin(id, caller.AgentId, spec, fingerprint, source, Now));
        StoredSandbox stored;
        try
        {
            // Outside of the grain's turns: it is as long as there are files.
            stored = await Task.Run(() => Save(link, source, id, spec.Memory, forbidden, cancellationToken), CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotSaved(id.ToString(), e);
            var failed = SnapshotAudit.Failed(State, SnapshotRefusals.OfSaving(e)?.Code ?? Interrupted);
            await ClearAway();
            await services.Audit.Append(failed, CancellationToken.None);
            if (SnapshotRefusals.OfSaving(e) is { } expected)
                return await BrokenOff.Explain(GrainFactory, caller, spec.SessionId, expected);
            throw;
        }

        await Write(State.Complete(stored.ArtifactId, stored.SizeBytes, stored.Skipped));
        return new SnapshotCreation(State.View(), Replayed: false);
    }

    public Task<Reply<SnapshotView>> Get(Caller caller, CancellationToken cancellationToken = default) =>
        Task.FromResult<Reply<SnapshotView>>(IsThereFor(caller) ? State.View() : Missing());

    public Task<Reply<SnapshotContent>> Find(Caller caller, CancellationToken cancellationToken) => Task.FromResult<Reply<SnapshotContent>>(
        !IsThereFor(caller) ? Missing() : RefuseActing(caller) is { } refusal ? refusal : new SnapshotContent(State.View(), State.ArtifactId!, State.Kernels, State.Spec.Memory ? State.Session.Secrets ?? [] : []));

    public async Task<Reply<SnapshotView>> Delete(Caller caller, CancellationToken cancellationToken = default)
    {
        if (!IsThereFor(caller))
            return Missing();
        if (RefuseActing(caller) is { } refusal)
        {
            await services.Audit.Append(SnapshotAudit.Denied(caller, State.Id, AuditActions.SnapshotDelete, refusal), cancellationToken);
            return refusal;
        }

        await services.Audit.Append(SnapshotAudit.Asked(caller, State.Id, AuditActions.SnapshotDelete), cancellationToken);
        var view = State.View();
        await Remove();
        return view;
    }

    // Activating it has done it.
    public Task Recover(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task Expire(CancellationToken cancellationToken = default)
    {
        if (State is not { Exists: true, Status: SnapshotStatus.Ready } || !(State.ExpiresAt <= Now))
            return;
        await services.Audit.Append(SnapshotAudit.Expired(State), cancellationToken);
        await Remove();
    }

    // Whose credential has a policy works with what came from sessions under that one.
    private Refusal? RefuseActing(Caller caller) => PolicyGate.RefuseRole(caller) ?? PermitSource.RefuseOther(caller, State.Session.Policy);

    private Reply<SnapshotCreation> Replay(Caller caller, string fingerprint)
    {
        if (!IsThereFor(caller))
            return Missing();
        return State.Fingerprint == fingerprint
            ? new SnapshotCreation(State.View(), Replayed: true)
            : new Refusal(RefusalCodes.IdempotencyKeyReused, "The idempotency key was used before with another request.");
    }

    private async Task<StoredSandbox> Save(SandboxLink link, SessionSource source, SnapshotId id, bool memory, SecretPatterns? forbidden, CancellationToken cancellationToken)
    {
        if (!memory)
            return await services.Store.SaveFiles(link, source.Spec.Limits, source.TenantId, id.ToString(), forbidden, cancellationToken);
        using var use = link.Use();
        await using var image = await link.Checkpoint(cancellationToken);
        return await services.Store.SaveImage(image, source.TenantId, id.ToString(), cancellationToken);
    }

    // Read anew: a value that was removed since cannot be told any more.
    private async Task<SecretPatterns?> Forbidden(Caller caller, SessionSource source, CancellationToken cancellationToken)
    {
        if (source.Permit.SecretsInArtifacts)
            return null;
        var secrets = services.Secrets.Of(new EgressOwner(source.TenantId, caller.AgentId, this.GetPrimaryKeyString()), source.Spec.Secrets);
        await secrets.Open(source.Permit, cancellationToken);
        return secrets.Patterns;
    }

    private async Task Remove()
    {
        await Write(State.Remove());
        await ClearAway();
    }

    // The content first: the state is what says that there may be some.
    private async Task ClearAway()
    {
        await services.Store.Remove(State.TenantId, State.Id);
        await state.ClearStateAsync();
        DeactivateOnIdle();
    }

    private async Task Write(SnapshotState next)
    {
        var before = state.State;
        // With the change itself: neither is durable without the other.
        state.State = next with { Events = SnapshotAudit.Between(before, next) };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // What is durable is read anew by the next activation, which clears away what is unfinished.
            state.State = before;
            DeactivateOnIdle();
            _ = this.AsReference<ISnapshotGrain>().Recover();
            throw;
        }
    }

    private async Task<Reply<SnapshotCreation>> Refused(Caller caller, SnapshotSpec spec, Refusal refusal)
    {
        DeactivateOnIdle();
        await services.Audit.Append(SnapshotAudit.Denied(caller, this.GetPrimaryKeyString(), AuditActions.SnapshotDenied, refusal, spec.SessionId));
        return refusal;
    }

    private bool IsThereFor(Caller caller) => State.IsThere(Now) && State.TenantId == caller.TenantId;

    private Refusal Missing()
    {
        if (!State.Exists)
            DeactivateOnIdle();
        return SnapshotRefusals.NotFound;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Snapshot {Snapshot} was left unfinished and is cleared away")]
    private partial void LogCleared(string snapshot);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot {Snapshot} could not be made")]
    private partial void LogNotSaved(string snapshot, Exception exception);
}
