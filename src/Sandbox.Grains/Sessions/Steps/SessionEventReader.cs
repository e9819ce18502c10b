using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;
using Sandbox.Grains.Sessions.Commands;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// Reads the events of all steps of a session from a position. What it knows of a step it asks for anew each time, so that
/// a reader, however slow, holds nothing.
/// </summary>
/// <param name="services">Where steps and their output are kept.</param>
/// <param name="record">The session.</param>
/// <param name="live">The session's steps, where this process holds it.</param>
internal sealed class SessionEventReader(SessionServices services, SessionRecord record, SessionSteps? live)
{
    private const int PageBytes = 1 << 20;

    // Steps that one page tells of: whoever begins at the first of very many goes on from the last of them.
    private const int PageSteps = 256;

    /// <summary>
    /// Events after a position, about <see cref="PageBytes"/> at most; where there are none, and no other version, waits for a change of whatever
    /// kind, which may be one of the session alone.
    /// </summary>
    public async Task<SessionEventPage> Read(SessionPosition after, long version, TimeSpan wait, Func<SessionView> view, CancellationToken cancellationToken)
    {
        // Taken before reading, so that no change is missed.
        var changed = Changed();
        var page = await ReadNow(after, view, cancellationToken);
        if (page.Events.Count > 0 || page.Ended || page.Version != version || wait <= TimeSpan.Zero)
            return page;
        await BoundedWait.For(changed, wait, services.Time, cancellationToken);
        return await ReadNow(after, view, cancellationToken);
    }

    private Task Changed() => live is null
        ? record.Changed
        : Task.WhenAny([record.Changed, live.Added, .. live.Open.SelectMany(run => new[] { run.Output.Changed, run.Finished })]);

    private async Task<SessionEventPage> ReadNow(SessionPosition after, Func<SessionView> view, CancellationToken cancellationToken)
    {
        // Before the steps: what changes meanwhile must not be taken for seen.
        var (ended, version) = (record.Current.Ended, record.Version);
        var last = live?.Last ?? (await services.Steps.Overview(record.Current.Id, cancellationToken)).Last;
        var page = new List<SessionEvent>();
        var (position, bytes, steps, whole) = (after, 0, 0, true);
        var stored = 0L;
        foreach (var (sequence, seen) in after.Unseen(last))
        {
            // Those that have nothing to tell do not count: a page without events must mean that nobody has any.
            if (bytes >= PageBytes || steps == PageSteps)
            {
                whole = false;
                break;
            }

            if (sequence < stored && live?.Find(sequence) is null)
                continue;
            // A number without a step: its process died before anybody was told of it. Very many may follow each other.
            if (await Read(sequence, seen, cancellationToken) is not { } read)
            {
                stored = await services.Steps.NextAfter(record.Current.Id, sequence, cancellationToken) ?? long.MaxValue;
                continue;
            }

            steps += read.Events.Count > 0 ? 1 : 0;
            foreach (var entry in read.Events)
            {
                position = position.Seen(sequence, entry.Id, entry.Kind == OutputEventKinds.End);
                page.Add(new SessionEvent(position.ToString(), sequence, entry));
                bytes += entry.Data.Length;
            }

            whole &= read.Ended;
        }

        return new SessionEventPage(page, view(), version, ended && whole);
    }

    private async Task<OutputEventPage?> Read(long sequence, long after, CancellationToken cancellationToken)
    {
        var run = live?.Find(sequence);
        var found = run?.Record ?? (await services.Steps.Find(record.Current.Id, sequence, cancellationToken))?.Settled(record.Current);
        return found switch
        {
            null => null,
            { Background: null } => await new StepHandle(services, found, run).Events(after, TimeSpan.Zero, cancellationToken),
            _ => await new CommandHandle(services, found, run).Events(after, TimeSpan.Zero, cancellationToken),
        };
    }
}
