using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>Pauses a session to disk, and wakes it whichever way it is paused. Used in the turns of the session's grain only.</summary>
internal sealed class SessionSuspension(SessionRecord record, SessionServices services, SessionLife life, SessionPolicy policy)
{
    private readonly SemaphoreSlim _waking = new(1);

    /// <summary>Sees to it that the session has its sandbox, and that it is not frozen; the refusal where it cannot.</summary>
    public async Task<Refusal?> Awake(CancellationToken cancellationToken)
    {
        while (!record.Current.Ended)
        {
            if (life.Live is { Suspending: { } suspending })
                await suspending.WaitAsync(cancellationToken);
            else if (life.Live is { } live)
                return await SessionRefusals.UnlessLost(() => live.Resume(cancellationToken));
            else if (await Wake(cancellationToken) is { } refusal)
                return refusal;
        }

        return SessionRefusals.Ended(record.Current);
    }

    /// <summary>Pauses it to disk; the refusal where it cannot.</summary>
    public async Task<Refusal?> Suspend(CancellationToken cancellationToken)
    {
        if (life.Live is not { } live)
            return null;
        if ((services.Store.Refuse(record.Current.TenantId) ?? await live.Suspend(cancellationToken)) is { } refusal)
            return refusal;
        await life.FallAsleep(live);
        return null;
    }

    /// <summary>Why it cannot be stored with its memory; null where it can.</summary>
    public Refusal? RefuseMemory(string field) => services.Sandboxes.RefuseMemory(record.Current.Spec.Isolation, field);

    private async Task<Refusal?> Wake(CancellationToken cancellationToken)
    {
        await _waking.WaitAsync(cancellationToken);
        try
        {
            if (life.Suspended is not { } suspended)
                return null;
            var refusal = await policy.RefuseWaking(cancellationToken);
            if (suspended.IsOver)
            {
                await life.Finish(SessionEndCauses.Ttl);
                return null;
            }

            if (refusal is not null)
                return refusal;

            var reply = await suspended.Wake(cancellationToken);
            if (reply.Value is { } link)
                await life.WakeUp(suspended, link, cancellationToken);
            else if (reply.Refusal!.Code == RefusalCodes.SnapshotCorrupt)
                await life.Finish(SessionEndCauses.SandboxLost);
            else
                return reply.Refusal;
            return null;
        }
        finally
        {
            _waking.Release();
        }
    }
}
