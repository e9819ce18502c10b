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
}
