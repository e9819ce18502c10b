using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>A session with what its page tells.</summary>
/// <param name="Session">The session, which may have ended.</param>
/// <param name="Use">What its sandbox uses; null for one that has ended.</param>
/// <param name="Steps">Some of its steps with their output, the latest first.</param>
/// <param name="Older">Number of the step up to which there are older ones; null where there are none.</param>
/// <param name="IsLatest">Whether these are the latest.</param>
public sealed record SessionWhole(SessionView Session, SessionMetrics? Use, IReadOnlyList<StepView> Steps, long? Older, bool IsLatest);

/// <summary>Reads sessions, also those that have ended, for people.</summary>
internal sealed class SessionReading(IGrainFactory grains)
{
    private const int WalkSteps = 1000;
    private const int WalkPages = 20;

    // Behind every step: nothing of the output is read with the session.
    private const string BehindAll = "9000000000000000000";

    /// <param name="caller">Who asks.</param>
    /// <param name="id">The session.</param>
    /// <param name="to">Number of the last step to tell of; any larger one than the last for the latest.</param>
    /// <param name="most">Most steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Reply<SessionWhole>> Read(Caller caller, SessionId id, long to, int most, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<ISessionGrain>(id.ToString());
        var reply = await grain.ReadEvents(caller, BehindAll, 0, TimeSpan.Zero, cancellationToken);
        if (reply.Value is not { Session: var session })
            return reply.Refusal!;
        var last = session.Steps > 0 ? session.Steps : await LastOf(grain, caller, cancellationToken);
        var end = Math.Min(to, last);
        var from = Math.Max(0, end - most);
        var steps = new List<StepView>();
        foreach (var listed in (await grain.ListSteps(caller, from, most, cancellationToken)).Value?.Items.Where(step => step.Sequence <= end) ?? [])
        {
            if ((await grain.GetStep(caller, listed.Sequence, TimeSpan.Zero, cancellationToken)).Value is { } step)
                steps.Insert(0, step);
        }

        var use = session.EndedAt is null ? (await grain.Measure(caller, cancellationToken)).Value : null;
        return new SessionWhole(session, use, steps, from > 0 ? from : null, end == last);
    }

    // One that has ended does not say how many steps it had.
    private static async Task<long> LastOf(ISessionGrain grain, Caller caller, CancellationToken cancellationToken)
    {
        var last = 0L;
        for (var page = 0; page < WalkPages; page++)
        {
            if ((await grain.ListSteps(caller, last, WalkSteps, cancellationToken)).Value is not { Items.Count: > 0 } steps)
                break;
            last = steps.Items[^1].Sequence;
            if (steps.Next is null)
                break;
        }

        return last;
    }
}
