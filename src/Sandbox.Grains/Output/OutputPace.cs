namespace Sandbox.Grains.Output;

/// <summary>
/// Bounds what is written in a time: a program that prints for ever has to wait, and not everybody else for the disk. A
/// burst passes at once.
/// </summary>
/// <param name="bytesPerSecond">How much may be written.</param>
/// <param name="burstBytes">How much of it at once, after a rest.</param>
/// <param name="time">The clock.</param>
internal sealed class OutputPace(long bytesPerSecond, long burstBytes, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _free = burstBytes;
    private long _at = time.GetTimestamp();

    /// <summary>Counts bytes that were written, and says how long to wait before more are.</summary>
    public TimeSpan Count(long bytes)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _free = Math.Min(burstBytes, _free + (time.GetElapsedTime(_at, now).TotalSeconds * bytesPerSecond)) - bytes;
            _at = now;
            return _free >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_free / bytesPerSecond);
        }
    }
}
