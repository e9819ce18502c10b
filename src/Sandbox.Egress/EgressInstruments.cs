using System.Diagnostics.Metrics;

namespace Sandbox.Egress;

/// <summary>Metrics of the way out. Tags are bounded: reasons and outcomes.</summary>
public sealed class EgressInstruments : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Sandbox.Egress";

    private readonly Meter _meter;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _bytes;

    /// <summary>Makes the instruments.</summary>
    public EgressInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _decisions = _meter.CreateCounter<long>("sandbox.egress.connections", "{connection}", "Connections that sandboxes asked for, by what was decided.");
        _bytes = _meter.CreateCounter<long>("sandbox.egress.bytes", "By", "Bytes that sandboxes sent and received.");
    }

    /// <summary>A connection was decided about.</summary>
    public void Decided(string? reason) => _decisions.Add(1, new KeyValuePair<string, object?>("decision", reason ?? "opened"));

    /// <summary>A connection has ended.</summary>
    public void Ended(long bytesOut, long bytesIn)
    {
        _bytes.Add(bytesOut, new KeyValuePair<string, object?>("direction", "out"));
        _bytes.Add(bytesIn, new KeyValuePair<string, object?>("direction", "in"));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
