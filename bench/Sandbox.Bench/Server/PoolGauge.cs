using System.Diagnostics;
using System.Globalization;

namespace Sandbox.Bench.Server;

/// <summary>How many Python sandboxes the server keeps ready, by its metrics.</summary>
internal sealed class PoolGauge(SandboxClient client)
{
    private const string Metric = "sandbox_pool_ready";

    // The server renders its metrics at most every 300 ms: two looks this far apart are two states.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits until at least so many are ready and no more come, so that refilling does not disturb what follows.</summary>
    /// <exception cref="BenchException">That takes too long.</exception>
    public async Task Settle(string isolation, int atLeast, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        var before = -1;
        while (true)
        {
            var ready = Ready(await client.Metrics(cancellationToken), isolation);
            if (ready >= atLeast && ready == before)
                return;
            if (Stopwatch.GetElapsedTime(begin) > Patience)
                throw new BenchException($"The pool has {ready} ready sandboxes (python, {isolation}) after {Patience.TotalSeconds} s; {atLeast} were expected.");
            before = ready;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static int Ready(string metrics, string isolation)
    {
        var ready = 0;
        foreach (var line in metrics.Split('\n'))
        {
            if (line.StartsWith(Metric + "{", StringComparison.Ordinal)
                && line.Contains("language=\"python\"", StringComparison.Ordinal)
                && line.Contains($"isolation=\"{isolation}\"", StringComparison.OrdinalIgnoreCase))
            {
                // Labels, then the value, then perhaps a time.
                var value = line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0];
                ready += (int)double.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        return ready;
    }
}
