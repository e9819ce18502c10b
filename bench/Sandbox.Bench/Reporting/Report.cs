using Sandbox.Bench.Measurement;

namespace Sandbox.Bench.Reporting;

/// <summary>What has been found out.</summary>
internal sealed class Report
{
    private readonly List<Measure> _measures = [];
    private readonly List<Series> _series = [];

    public IReadOnlyList<Measure> Measures => _measures;

    public int ExitCode => _measures switch
    {
        _ when _measures.Any(measure => measure.HasFailed) => ExitCodes.NotMeasured,
        _ when _measures.Any(measure => measure.Met == false) => ExitCodes.TargetMissed,
        _ => ExitCodes.AllMet,
    };

    public void Add(Measure measure) => _measures.Add(measure);

    /// <summary>The series of a name; made when it is new.</summary>
    public Series Series(string name, string unit)
    {
        var series = _series.Find(known => known.Name == name);
        if (series is null)
            _series.Add(series = new Series(name, unit));
        return series;
    }

    /// <summary>All series that have values, with their distributions.</summary>
    public IEnumerable<(Series Series, Quantiles Quantiles)> Distributions() =>
        _series.Where(series => series.Count > 0).Select(series => (series, series.Quantiles()));

    /// <summary>The distribution of a series.</summary>
    public Quantiles Of(string name) =>
        _series.Find(known => known.Name == name)?.Quantiles() ?? throw new BenchException($"Nothing was measured for {name}.");
}
