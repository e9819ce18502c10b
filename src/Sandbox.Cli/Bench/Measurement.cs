using System.Text.Json.Serialization;

namespace Sandbox.Cli.Bench;

/// <summary>What a run of measurements has shown.</summary>
/// <param name="What">jobs or steps.</param>
/// <param name="Count">How many were asked for; those of the warm-up are not among them.</param>
/// <param name="Concurrency">How many at a time.</param>
/// <param name="Failed">How many did not end well, or were not answered. The times are of the others.</param>
/// <param name="Seconds">From the first request to the last answer.</param>
/// <param name="PerSecond">How many ended well in a second.</param>
/// <param name="Milliseconds">How long one took, from its request to its answer: as who waits for it sees it.</param>
/// <param name="Failures">Why the others failed, and how often.</param>
internal sealed record Measurement(
    string What, int Count, int Concurrency, int Failed, double Seconds, double PerSecond, Spread Milliseconds, IReadOnlyDictionary<string, int> Failures)
{
    /// <summary>Whether all of them ended well.</summary>
    [JsonIgnore]
    public bool IsClean => Failed == 0;
}

/// <summary>How times spread, in milliseconds. Each is a time that was measured, and none an estimate between two.</summary>
internal sealed record Spread(double Min, double P50, double P95, double P99, double Max)
{
    /// <summary>Of measured times; zeros where there are none.</summary>
    public static Spread Of(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(time => Math.Round(time.TotalMilliseconds, 3)).Order()];
        return sorted.Length == 0 ? new Spread(0, 0, 0, 0, 0) : new Spread(sorted[0], Rank(sorted, 0.50), Rank(sorted, 0.95), Rank(sorted, 0.99), sorted[^1]);
    }

    // Nearest rank: the smallest time that so large a share of all is not above.
    private static double Rank(double[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
