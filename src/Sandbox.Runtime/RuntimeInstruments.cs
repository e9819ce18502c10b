using System.Diagnostics;
using System.Diagnostics.Metrics;
using Sandbox.Runtime.Pool;

namespace Sandbox.Runtime;

/// <summary>Metrics and traces of the runtime. Tags are bounded: template, language, isolation class, warm or not.</summary>
public sealed class RuntimeInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Sandbox.Runtime";

    private readonly Meter _meter;
    private readonly Histogram<double> _start;

    /// <summary>Makes the instruments.</summary>
    public RuntimeInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _start = _meter.CreateHistogram<double>("sandbox.start.duration", "s", "Time to get a sandbox, from the pool (warm) or made for the request.");
    }

    /// <summary>Source of the runtime's spans.</summary>
    public ActivitySource Activities { get; } = new(Name);

    /// <summary>A sandbox was handed out.</summary>
    public void SandboxStarted(PoolKey key, bool warm, TimeSpan duration) => _start.Record(
        duration.TotalSeconds,
        new("language", key.Language ?? "command"),
        new("isolation", key.Isolation.ToString()),
        new("warm", warm));

    /// <summary>Shows the number of ready sandboxes.</summary>
    public void ObservePool(Func<IReadOnlyDictionary<PoolKey, int>> ready) => _meter.CreateObservableGauge(
        "sandbox.pool.ready",
        () => ready().Select(entry => new Measurement<int>(
            entry.Value,
            new("language", entry.Key.Language ?? "command"),
            new("isolation", entry.Key.Isolation.ToString()))),
        "{sandbox}",
        "Sandboxes that wait for work.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Activities.Dispose();
        _meter.Dispose();
    }
}
