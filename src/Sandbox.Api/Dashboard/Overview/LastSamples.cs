namespace Sandbox.Api.Dashboard.Overview;

/// <summary>The last thousand samples of something. Not for several threads at a time.</summary>
internal sealed class LastSamples
{
    public const int Most = 1000;

    private readonly double[] _samples = new double[Most];
    private long _added;

    public int Count => (int)Math.Min(_added, Most);

    public void Add(double sample) => _samples[_added++ % Most] = sample;

    /// <summary>The sample below which so much of them lies; null where there are none.</summary>
    public double? Quantile(double share)
    {
        if (Count == 0)
            return null;
        var sorted = _samples[..Count];
        Array.Sort(sorted);
        return sorted[Math.Max(0, (int)Math.Ceiling(share * Count) - 1)];
    }
}
