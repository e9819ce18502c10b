namespace Sandbox.Runtime.Pool;

/// <summary>
/// Demand for one key and the number of sandboxes to keep ready for it. Pure: time comes in as an argument.
/// </summary>
internal sealed class DemandEstimate
{
    // Half of a burst is forgotten after this long.
    private const double HalfLifeSeconds = 15;

    private double _weight;
    private DateTimeOffset _at;

    /// <summary>Counts one claim.</summary>
    public void Record(DateTimeOffset now)
    {
        _weight = Decayed(now) + 1;
        _at = now;
    }

    /// <summary>Claims a second, smoothed.</summary>
    public double Rate(DateTimeOffset now) => Decayed(now) * Math.Log(2) / HalfLifeSeconds;

    /// <summary>How many to keep ready: the minimum, or the demand of the horizon where that is more.</summary>
    public int Target(DateTimeOffset now, int minimum, int maximum, double horizonSeconds)
    {
        var wanted = Math.Ceiling(Rate(now) * horizonSeconds);
        return (int)Math.Min(maximum, Math.Max(minimum, wanted));
    }

    private double Decayed(DateTimeOffset now)
    {
        var age = Math.Max(0, (now - _at).TotalSeconds);
        return _weight * Math.Pow(0.5, age / HalfLifeSeconds);
    }
}
