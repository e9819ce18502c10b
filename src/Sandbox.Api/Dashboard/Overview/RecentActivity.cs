using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Sandbox.Api.Dashboard.Overview;

/// <summary>
/// What this process has done in the last hour, from the numbers that it tells anyway: jobs that ended, by minute, how long starts of
/// sandboxes took, and what waits and runs now.
/// </summary>
internal sealed class RecentActivity(IMeterFactory meters, TimeProvider time) : IHostedService, IDisposable
{
    private const string Ended = "sandbox.jobs.ended";
    private const string Started = "sandbox.start.duration";

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly MinuteCounts _ended = new();
    private readonly LastSamples _starts = new();
    private readonly Dictionary<string, long> _gauges = new(StringComparer.Ordinal);

    public ActivityFigures Read()
    {
        lock (_lock)
        {
            _gauges.Clear();
            _listener.RecordObservableInstruments();
            var now = time.GetUtcNow();
            return new ActivityFigures
            {
                JobsByMinute = _ended.Read(now),
                Starts = _starts.Count,
                StartMedian = _starts.Quantile(0.5),
                StartSlow = _starts.Quantile(0.95),
                Queued = _gauges.GetValueOrDefault("sandbox.jobs.queued"),
                Running = _gauges.GetValueOrDefault("sandbox.jobs.running"),
                Ready = _gauges.GetValueOrDefault("sandbox.pool.ready"),
            };
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other hosts of the process have meters of the same names.
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name is Ended or Started or "sandbox.jobs.queued" or "sandbox.jobs.running" or "sandbox.pool.ready")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Count(instrument, value));
        _listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            lock (_lock)
                _starts.Add(value);
        });
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    private void Count(Instrument instrument, long value)
    {
        lock (_lock)
        {
            if (instrument.Name == Ended)
                _ended.Add(time.GetUtcNow(), value);
            else
                _gauges[instrument.Name] = _gauges.GetValueOrDefault(instrument.Name) + value;
        }
    }
}
