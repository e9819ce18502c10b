using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Abstractions.Quotas;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions;

/// <summary>Creates the session of a grain, once. Used in the turns of the session's grain only.</summary>
internal sealed class SessionCreator(
    SessionRecord record, PolicyGate gate, SessionServices services, SessionActivation activation, SessionAccess access, SessionLife life)
{
    /// <summary>Creates the session; a repeated request is answered with the one that is there.</summary>
    public async Task<Reply<SessionCreation>> Create(SessionOrder order, CancellationToken cancellationToken)
    {
        var (caller, spec) = (order.Caller, order.Spec);
        if (record.Current.Exists)
            return Replay(caller, order.Fingerprint);
        if (spec.Language == SessionSpec.TemplatesLanguage)
        {
            var suggested = gate.Offer.SuggestLanguage(caller.TenantId, spec.Template);
            if (suggested.Value is not { } language)
                return await Refused(order, null, suggested.Refusal!);
            spec = spec with { Language = language };
        }

        using var passage = await gate.Decide(caller, order.CountedAs, spec, cancellationToken);
        var refusal = passage.Refusal;
        if (spec.OnIdle == IdleActions.Suspend)
            refusal ??= services.Sandboxes.RefuseMemory(spec.Isolation, "onIdle");
        if (refusal is not null)
            return await Refused(order, passage.Decision, refusal);
        using var place = services.Admission.Enter(caller.TenantId, order.CountedAs, passage.Spec.Limits, passage.Permit.Concurrency);
        if (place.Refusal is { } full)
            return await Refused(order, passage.Decision, full);

        var start = await Start(order, passage.Spec, cancellationToken);
        if (start.Value is not { } made)
            return await Refused(order, passage.Decision, start.Refusal!);
        try
        {
            await Begin(order, passage, made, place.Bound, cancellationToken);
        }
        catch (Exception e) when (SessionAdmission.RefusalOf(e) is { } taken)
        {
            // Another process had the last of it a moment before.
            return await Refused(order, passage.Decision, taken);
        }

        return new SessionCreation(life.View(), Replayed: false);
    }

    private Reply<SessionCreation> Replay(Caller caller, string fingerprint)
    {
        if (access.RefuseReading(caller) is { } refusal)
            return refusal;
        return record.Current.Fingerprint == fingerprint ? new SessionCreation(life.View(), Replayed: true) : SessionRefusals.KeyReused;
    }

    // The place among the live sessions is given back where there is no sandbox for it.
    private async Task<Reply<SessionStart>> Start(SessionOrder order, SessionSpec spec, CancellationToken cancellationToken)
    {
        Reply<SessionStart>? reply = null;
        try
        {
            return reply = await Prepare(order, await services.Starts.Make(order.Caller, order.Id, spec, cancellationToken), cancellationToken);
        }
        finally
        {
            if (reply?.Value is null)
                services.Admission.Leave();
        }
    }

    private async Task<Reply<SessionStart>> Prepare(SessionOrder order, Reply<SessionStart> start, CancellationToken cancellationToken)
    {
        if (order.Prepare is not { } prepare || start.Value is not { } made)
            return start;
        var isReady = false;
        try
        {
            var refusal = await prepare(made.Link, cancellationToken);
            isReady = refusal is null;
            return refusal is null ? made : refusal;
        }
        finally
        {
            if (!isReady)
                await services.Sandboxes.Destroy(made.Link);
        }
    }

    private async Task Begin(SessionOrder order, Passage<SessionSpec> passage, SessionStart made, QuotaBound? bound, CancellationToken cancellationToken)
    {
        var (link, origin) = made;
        var caller = order.Caller;
        var now = services.Time.GetUtcNow();
        var created = SessionState.Create(order.Id, caller.TenantId, caller.AgentId, passage.Spec, order.Fingerprint, passage.Permit, gate.Node, link.Id.ToString(), now, origin) with { Role = caller.Role, Bound = bound };
        try
        {
            // First: a state that is durable names a sandbox that has answered.
            await link.SetDeadline(SessionClock.AgentDeadline(created, now), cancellationToken);
            await record.Create(created);
        }
        catch
        {
            // What is durable is read anew by the next call; a sandbox that no state names goes.
            activation.End();
            services.Admission.Leave();
            _ = services.Sandboxes.Destroy(link);
            throw;
        }

        life.Begin(link);
    }

    private async Task<Refusal> Refused(SessionOrder order, PolicyDecision? decision, Refusal refusal)
    {
        activation.End();
        await services.Audit.Append(AuditEvent.Refused(order.Caller, order.DeniedAction, order.Resource, refusal, decision));
        return refusal;
    }
}
