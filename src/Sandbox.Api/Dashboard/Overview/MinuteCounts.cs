namespace Sandbox.Api.Dashboard.Overview;

/// <summary>How many there were in each of the last sixty minutes, the present one included. Not for several threads at a time.</summary>
internal sealed class MinuteCounts
{
    public const int Minutes = 60;

    private readonly long[] _counts = new long[Minutes];
    private long _last = long.MinValue;

    public void Add(DateTimeOffset now, long count)
    {
        Forget(MinuteOf(now));
        _counts[_last % Minutes] += count;
    }

    /// <summary>The counts, the oldest first.</summary>
    public IReadOnlyList<long> Read(DateTimeOffset now)
    {
        Forget(MinuteOf(now));
        return [.. Enumerable.Range(1, Minutes).Select(offset => _counts[(_last + offset) % Minutes])];
    }

    // Clears the minutes that have begun since. A clock that was set back counts for the last one.
    private void Forget(long minute)
    {
        if (minute <= _last)
            return;
        var first = Math.Max(_last + 1, minute - Minutes + 1);
        for (var each = first; each <= minute; each++)
            _counts[each % Minutes] = 0;
        _last = minute;
    }

    private static long MinuteOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute;
}
