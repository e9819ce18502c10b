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
    public async Task<Reply<SessionCreation>> Create(Caller caller, SessionId id, SessionSpec spec, string fingerprint, CancellationToken cancellationToken)
    {
        if (record.Current.Exists)
            return Replay(caller, fingerprint);
        if (spec.Language == SessionSpec.TemplatesLanguage)
        {
            var suggested = gate.Offer.SuggestLanguage(caller.TenantId, spec.Template);
            if (suggested.Value is not { } language)
                return await Refused(caller, id, null, suggested.Refusal!);
            spec = spec with { Language = language };
        }

        using var passage = await gate.Decide(caller, id.ToString(), spec, cancellationToken);
        var refusal = passage.Refusal;
        if (spec.OnIdle == IdleActions.Suspend)
            refusal ??= services.Sandboxes.RefuseMemory(spec.Isolation, "onIdle");
        if (refusal is not null)
            return await Refused(caller, id, passage.Decision, refusal);
        using var place = services.Admission.Enter(caller.TenantId, id.ToString(), passage.Spec.Limits, passage.Permit.Concurrency);
        if (place.Refusal is { } full)
            return await Refused(caller, id, passage.Decision, full);

        var start = await Start(caller, id, passage.Spec, cancellationToken);
        if (start.Value is not { } made)
            return await Refused(caller, id, passage.Decision, start.Refusal!);
        try
        {
            await Begin(caller, id, passage, fingerprint, made, place.Bound, cancellationToken);
        }
        catch (Exception e) when (SessionAdmission.RefusalOf(e) is { } taken)
        {
            // Another process had the last of it a moment before.
            return await Refused(caller, id, passage.Decision, taken);
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
                services.Admission.Leave();
        }
    }

    private async Task Begin(
        Caller caller, SessionId id, Passage<SessionSpec> passage, string fingerprint, SessionStart made, QuotaBound? bound, CancellationToken cancellationToken)
    {
        var (link, origin) = made;
        var now = services.Time.GetUtcNow();
        var created = SessionState.Create(id, caller.TenantId, caller.AgentId, passage.Spec, fingerprint, passage.Permit, gate.Node, link.Id.ToString(), now, origin) with { Role = caller.Role, Bound = bound };
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

    private async Task<Refusal> Refused(Caller caller, SessionId id, PolicyDecision? decision, Refusal refusal)
    {
        activation.End();
        await services.Audit.Append(SessionAudit.Denied(caller, id.ToString(), AuditActions.SessionDenied, refusal, decision));
        return refusal;
    }
}
