using System.Diagnostics;

namespace Sandbox.Bench.Measurement;

/// <summary>Times of single repetitions, in milliseconds.</summary>
internal static class Clock
{
    public static double MillisecondsOf(Action work)
    {
        var begin = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    public static async Task<double> MillisecondsOf(Func<Task> work)
    {
        var begin = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
