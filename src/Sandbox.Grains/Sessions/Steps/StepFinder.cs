using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;
using Sandbox.Grains.Sessions.Commands;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>Finds steps and background commands of a session: those that are open, and those that are stored. Used in the turns of the session's grain only.</summary>
internal sealed class StepFinder(SessionRecord record, SessionServices services, SessionAccess access, SessionLife life)
{
    public async Task<StepHandle?> Step(Caller caller, long sequence, CancellationToken cancellationToken) =>
        await Any(caller, sequence, cancellationToken) is { Record.Background: null } step ? step : null;

    public async Task<CommandHandle?> Command(Caller caller, long number, CancellationToken cancellationToken) =>
        await Any(caller, number, cancellationToken) is { Record.Background: not null } command ? CommandHandle.Of(services, command) : null;

    /// <summary>What is answered where there is none.</summary>
    public Refusal Missing(Caller caller) =>
        access.RefuseReading(caller) ?? new Refusal(RefusalCodes.NotFound, "There is no such step or command.");

    /// <summary>Steps, or background commands, in order of their numbers; and the number to go on after, where there are more.</summary>
    public async Task<(IReadOnlyList<StepRecord> Page, long? Next)> List(bool background, long after, int limit, CancellationToken cancellationToken)
    {
        var stored = await services.Steps.List(record.Current.Id, background, after, limit + 1, cancellationToken);
        var open = life.Live?.Steps.Open.Select(run => run.Record).Where(step => step.Sequence > after && step.Background is not null == background) ?? [];
        // Of one that is both, what is open is newer.
        var all = open.Concat(stored).DistinctBy(step => step.Sequence).OrderBy(step => step.Sequence).Take(limit + 1).ToList();
        var page = all.Take(limit).Select(step => step.Settled(record.Current)).ToList();
        return (page, all.Count > limit ? page[^1].Sequence : null);
    }

    private async Task<StepHandle?> Any(Caller caller, long sequence, CancellationToken cancellationToken)
    {
        if (access.RefuseReading(caller) is not null)
            return null;
        if (life.Live?.Steps.Find(sequence) is { } run)
            return new StepHandle(services, run.Record, run);
        return await services.Steps.Find(record.Current.Id, sequence, cancellationToken) is { } stored
            ? new StepHandle(services, stored.Settled(record.Current), null)
            : null;
    }
}
