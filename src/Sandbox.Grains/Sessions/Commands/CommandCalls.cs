using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Policies;
using Sandbox.Grains.Sessions.Files;
using Sandbox.Grains.Sessions.Steps;

namespace Sandbox.Grains.Sessions.Commands;

/// <summary>What callers ask of the background commands of a session. Used in the turns of the session's grain only.</summary>
internal sealed class CommandCalls(
    SessionRecord record, PolicyGate gate, SessionServices services, SessionAccess access, SessionLife life, SessionSuspension suspension, StepAdmission admission, StepFinder find)
{
    public async Task<Reply<CommandSubmission>> Start(
        Caller caller, CommandSpec spec, string? idempotencyKey, string? fingerprint, CancellationToken cancellationToken)
    {
        if (access.RefuseActing(caller) is { } refusal)
            return refusal;
        var (decision, session) = (record.Current.Decision, record.Current.Spec);
        if (await gate.RefuseWithin(caller, decision, session, language: null, timeoutSeconds: null, cancellationToken) is { } forbidden)
        {
            await services.Audit.Append(SessionAudit.Denied(caller, record.Current.Id, AuditActions.CommandDenied, forbidden), cancellationToken);
            return forbidden;
        }

        if (BackgroundCommands.ToRecord(spec) is not { } command)
            return BackgroundCommands.BadCwd;
        var request = new StepRequest(caller, BackgroundCommands.ToStep(spec), command, idempotencyKey, fingerprint);
        var (started, replayed, refused) = await admission.Admit(request, cancellationToken);
        return started is null
            ? refused!
            : new CommandSubmission(await CommandHandle.Of(services, started).Started(cancellationToken), replayed);
    }

    public async Task<Reply<CommandView>> Get(Caller caller, long number, TimeSpan wait, CancellationToken cancellationToken) =>
        await find.Command(caller, number, cancellationToken) is { } command
            ? await command.View(BoundedWait.InCall(wait), cancellationToken)
            : find.Missing(caller);

    public async Task<Reply<CommandPage>> List(Caller caller, long after, int limit, CancellationToken cancellationToken)
    {
        if (access.RefuseReading(caller) is { } refusal)
            return refusal;
        var (records, next) = await find.List(background: true, after, limit, cancellationToken);
        return new CommandPage([.. records.Select(record => CommandHandle.ToView(record, life.Live?.Steps.Find(record.Sequence)))], next);
    }

    public async Task<Reply<CommandOutput>> Output(
        Caller caller, long number, string? stream, long from, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (await find.Command(caller, number, cancellationToken) is not { } command)
            return find.Missing(caller);
        var most = Math.Clamp(limit, 1, ISessionCommandsGrain.LargestOutput);
        var part = await command.Output(stream, from, most, BoundedWait.InCall(wait), cancellationToken);
        return from > part.Total ? BackgroundCommands.BehindTheEnd(part.Total) : part;
    }

    public async Task<Reply<OutputEventPage>> Events(Caller caller, long number, long after, TimeSpan wait, CancellationToken cancellationToken) =>
        await find.Command(caller, number, cancellationToken) is { } command
            ? await command.Events(after, BoundedWait.InCall(wait), cancellationToken)
            : find.Missing(caller);

    public async Task<Reply<CommandView>> Signal(Caller caller, long number, int signal, CancellationToken cancellationToken)
    {
        if (access.RefuseActing(caller) is { } refusal)
            return refusal;
        if (await find.Command(caller, number, cancellationToken) is not { } command)
            return find.Missing(caller);
        await services.Audit.Append(SessionAudit.Asked(caller, record.Current, AuditActions.CommandSignal), cancellationToken);
        if (command.Run is { } run)
        {
            if (await suspension.Awake(cancellationToken) is { } lost)
                return lost;
            if (!await run.Signal(signal, cancellationToken))
                return FileRefusals.Interrupted;
        }

        return await command.View(TimeSpan.Zero, cancellationToken);
    }
}
