using System.Diagnostics;

namespace Sandbox.Bench.Measurement;

/// <summary>Several workers that each do the same thing again and again for a time.</summary>
internal static class Load
{
    /// <summary>
    /// Runs the workers. What was begun in time is ended and counted, and the time until then counts as well. A failure
    /// of the work is counted, not thrown.
    /// </summary>
    /// <param name="workers">How many at a time.</param>
    /// <param name="duration">How long new work is begun.</param>
    /// <param name="work">The work of a worker, by its number; blocking is allowed.</param>
    /// <param name="cancellationToken">Stops everything, and is then thrown.</param>
    public static async Task<LoadResult> Run(
        int workers, TimeSpan duration, Func<int, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        // A thread each: blocking work would otherwise wait for the pool of threads to grow.
        var counts = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Factory.StartNew(
            () => Worker(worker, begin, duration, work, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
        return new LoadResult(
            counts.Sum(count => count.Done),
            counts.Sum(count => count.Failed),
            counts.Select(count => count.FirstFailure).FirstOrDefault(failure => failure is not null),
            Stopwatch.GetElapsedTime(begin));
    }

    private static async Task<WorkerCount> Worker(
        int worker, long begin, TimeSpan duration, Func<int, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var count = new WorkerCount(0, 0, null);
        while (Stopwatch.GetElapsedTime(begin) < duration)
        {
            try
            {
                await work(worker, cancellationToken);
                count = count with { Done = count.Done + 1 };
            }
            catch (BenchException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                count = count with { Failed = count.Failed + 1, FirstFailure = count.FirstFailure ?? e.Message };
            }
        }

        return count;
    }

    private sealed record WorkerCount(int Done, int Failed, string? FirstFailure);
}

/// <summary>What workers got done.</summary>
internal sealed record LoadResult(int Done, int Failed, string? FirstFailure, TimeSpan Elapsed)
{
    public double PerSecond => Done / Elapsed.TotalSeconds;

    /// <summary>Two parts of the same load, as one.</summary>
    public LoadResult Plus(LoadResult other) =>
        new(Done + other.Done, Failed + other.Failed, FirstFailure ?? other.FirstFailure, Elapsed + other.Elapsed);
}
