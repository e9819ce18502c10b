using System.Collections.Concurrent;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Bench;

/// <summary>How a server is to be measured.</summary>
/// <param name="What">jobs or steps.</param>
/// <param name="Count">How many.</param>
/// <param name="Concurrency">How many at a time.</param>
internal sealed record BenchOrder(string What, int Count, int Concurrency);

/// <summary>Measures work on a running server as its user sees it: each caller asks, waits for the answer, and asks again.</summary>
internal sealed class BenchRunner(CliConsole console)
{
    /// <summary>Runs the work so often, so many at a time.</summary>
    /// <param name="order">How often.</param>
    /// <param name="work">Does it once, for the caller of this number; null where it ended well, else why not.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    public async Task<Measurement> Run(BenchOrder order, Func<int, CancellationToken, Task<string?>> work, CancellationToken cancellationToken)
    {
        // Connections are made, and code is loaded, before it counts.
        for (var caller = 0; caller < order.Concurrency; caller++)
            await work(caller, cancellationToken);

        var times = new ConcurrentBag<TimeSpan>();
        var failures = new ConcurrentDictionary<string, int>();
        var left = order.Count;
        var began = console.Time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, order.Concurrency).Select(async caller =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var start = console.Time.GetTimestamp();
                if (await work(caller, cancellationToken) is { } failure)
                    failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
                else
                    times.Add(console.Time.GetElapsedTime(start));
            }
        }));
        var took = console.Time.GetElapsedTime(began).TotalSeconds;
        return new Measurement(
            order.What, order.Count, order.Concurrency, order.Count - times.Count, Math.Round(took, 3), Math.Round(times.Count / Math.Max(took, 1e-6), 1),
            Spread.Of(times), failures);
    }
}
