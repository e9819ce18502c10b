using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Jobs;

/// <summary>Reads a job's output from where it is: the run that goes on, the outcome's tail, the output store.</summary>
internal static class JobReader
{
    private const int PageBytes = 1 << 20;

    /// <summary>The job with the output of its last attempt.</summary>
    public static async Task<JobView> View(IOutputStore store, JobState state, JobRun? run, CancellationToken cancellationToken)
    {
        var output = state.Attempts.Count == 0 ? [] : await Output(store, state, run, OutputEventIds.Started(state.Attempts.Count), cancellationToken);
        return JobViews.WithOutput(state, output);
    }

    /// <summary>Events after an id, about <see cref="PageBytes"/> at most.</summary>
    public static async Task<OutputEventPage> Events(IOutputStore store, JobState state, JobRun? run, long after, CancellationToken cancellationToken)
    {
        var all = JobTimeline.Merge(state, await Output(store, state, run, after, cancellationToken), after);
        var bytes = 0;
        var count = 0;
        while (count < all.Count && bytes < PageBytes)
            bytes += all[count++].Data.Length;
        return new OutputEventPage([.. all.Take(count)], state.Ended && count == all.Count);
    }

    private static async Task<IReadOnlyList<OutputEvent>> Output(IOutputStore store, JobState state, JobRun? run, long after, CancellationToken cancellationToken)
    {
        var recent = run?.Output.Read() ?? state.Outcome?.Tail ?? [];
        var recentIsAll = run is not null ? run.Output.IsWhole && after >= OutputEventIds.Started(state.Attempts.Count) : state is { Outcome.OutputStored: false, Attempts.Count: <= 1 };
        if (recentIsAll)
            return [.. recent.Where(entry => entry.Id > after)];
        var stored = await store.Read(state.Id, after, int.MaxValue, cancellationToken);
        return [.. stored.Concat(recent.Where(entry => entry.Id > after && (stored.Count == 0 || entry.Id > stored[^1].Id)))];
    }
}
