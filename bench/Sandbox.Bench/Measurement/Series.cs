namespace Sandbox.Bench.Measurement;

/// <summary>Values of one quantity, each from one repetition.</summary>
internal sealed class Series(string name, string unit)
{
    private readonly Lock _lock = new();
    private readonly List<double> _values = [];

    public string Name { get; } = name;

    public string Unit { get; } = unit;

    public int Count
    {
        get
        {
            lock (_lock)
                return _values.Count;
        }
    }

    public void Add(double value)
    {
        lock (_lock)
            _values.Add(value);
    }

    public Quantiles Quantiles()
    {
        lock (_lock)
            return Measurement.Quantiles.Of(_values);
    }
}

/// <summary>The distribution of a series.</summary>
internal sealed record Quantiles(int Count, double Min, double P50, double P90, double P99, double Max, double Mean)
{
    /// <summary>The median is the middle, or the mean of the two in the middle; the other quantiles are by nearest rank.</summary>
    /// <exception cref="BenchException">There is no value.</exception>
    public static Quantiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            throw new BenchException("Nothing was measured.");
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Quantiles(sorted.Length, sorted[0], median, Rank(sorted, 90), Rank(sorted, 99), sorted[^1], sorted.Average());
    }

    // Whole numbers: 0.99 * 100 is not 99 in binary.
    private static double Rank(double[] sorted, int percent) => sorted[(int)(((long)percent * sorted.Length + 99) / 100) - 1];
}
