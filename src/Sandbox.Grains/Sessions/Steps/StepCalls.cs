using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>What callers ask of the steps of a session. Used in the turns of the session's grain only.</summary>
internal sealed class StepCalls(
    SessionRecord record, PolicyGate gate, SessionServices services, SessionAccess access, SessionLife life, StepAdmission admission, StepFinder find)
{
    public async Task<Reply<StepSubmission>> Run(
        Caller caller, StepSpec spec, string? idempotencyKey, string? fingerprint, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (access.RefuseActing(caller) is { } refusal)
            return refusal;
        if (spec.Language is { } language && gate.Offer.RefuseLanguage(caller.TenantId, language, record.Current.Spec.Template) is { } unknown)
            return await Refused(caller, unknown);
        var runs = spec.Command is null ? spec.Language ?? record.Current.Spec.Language : null;
        var (decision, session) = (record.Current.Decision, record.Current.Spec);
        if (await gate.RefuseWithin(caller, decision, session, runs, spec.TimeoutSeconds, cancellationToken) is { } forbidden)
            return await Refused(caller, forbidden);
        var (step, replayed, refused) = await admission.Admit(new StepRequest(caller, spec, null, idempotencyKey, fingerprint), cancellationToken);
        return step is null ? refused! : new StepSubmission(await step.View(BoundedWait.InCall(wait), cancellationToken), replayed);
    }

    public async Task<Reply<StepView>> Get(Caller caller, long sequence, TimeSpan wait, CancellationToken cancellationToken) =>
        await find.Step(caller, sequence, cancellationToken) is { } step
            ? await step.View(BoundedWait.InCall(wait), cancellationToken)
            : find.Missing(caller);

    public async Task<Reply<StepPage>> List(Caller caller, long after, int limit, CancellationToken cancellationToken)
    {
        if (access.RefuseReading(caller) is { } refusal)
            return refusal;
        var (records, next) = await find.List(background: false, after, limit, cancellationToken);
        return new StepPage([.. records.Select(StepViews.WithoutOutput)], next);
    }

    public async Task<Reply<OutputEventPage>> Events(Caller caller, long sequence, long after, TimeSpan wait, CancellationToken cancellationToken) =>
        await find.Step(caller, sequence, cancellationToken) is { } step
            ? await step.Events(after, BoundedWait.InCall(wait), cancellationToken)
            : find.Missing(caller);

    /// <summary>Events of all steps and commands.</summary>
    public async Task<Reply<SessionEventPage>> AllEvents(Caller caller, string after, long version, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (access.RefuseReading(caller) is { } refusal)
            return refusal;
        if (!SessionPosition.TryParse(after, out var position))
            return new Refusal(RefusalCodes.InvalidRequest, "Is not the id of an event of the session.", "from");
        return await new SessionEventReader(services, record, life.Live?.Steps)
            .Read(position, version, BoundedWait.InCall(wait), life.View, cancellationToken);
    }

    public async Task<Reply<StepView>> Interrupt(Caller caller, long sequence, CancellationToken cancellationToken)
    {
        if (access.RefuseActing(caller) is { } refusal)
            return refusal;
        if (await find.Step(caller, sequence, cancellationToken) is not { } step)
            return find.Missing(caller);
        await services.Audit.Append(SessionAudit.Asked(caller, record.Current, AuditActions.StepInterrupt), cancellationToken);
        if (step.Run is { } run)
            await run.Interrupt(cancellationToken);
        return await step.View(TimeSpan.Zero, cancellationToken);
    }

    private async Task<Refusal> Refused(Caller caller, Refusal refusal)
    {
        await services.Audit.Append(SessionAudit.Denied(caller, record.Current.Id, AuditActions.StepDenied, refusal));
        return refusal;
    }
}
