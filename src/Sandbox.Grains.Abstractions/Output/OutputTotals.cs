using System.Text.Json;

namespace Sandbox.Grains.Abstractions.Output;

/// <summary>How many bytes each stream of an output has, from its beginning to somewhere.</summary>
/// <param name="Stdout">Bytes of standard output.</param>
/// <param name="Stderr">Bytes of standard error.</param>
public readonly record struct OutputTotals(long Stdout, long Stderr)
{
    /// <summary>Bytes of one stream, <see cref="OutputEventKinds.Stdout"/> or <see cref="OutputEventKinds.Stderr"/>; of both for null.</summary>
    public long Of(string? kind) => kind switch
    {
        OutputEventKinds.Stdout => Stdout,
        OutputEventKinds.Stderr => Stderr,
        _ => Stdout + Stderr,
    };

    /// <summary>The totals behind an event. One that says what was dropped says all that came before.</summary>
    public OutputTotals Plus(OutputEvent entry) =>
        entry.Kind == OutputEventKinds.Dropped ? Parse(entry.Data) : Plus(entry.Kind, entry.Data.Length);

    /// <summary>The totals behind so many bytes more of a stream.</summary>
    public OutputTotals Plus(string kind, long bytes) => kind switch
    {
        OutputEventKinds.Stdout => this with { Stdout = Stdout + bytes },
        OutputEventKinds.Stderr => this with { Stderr = Stderr + bytes },
        _ => this,
    };

    /// <summary>The event that stands for everything up to an id that is not kept any more.</summary>
    public OutputEvent ToDropped(long id) =>
        new(id, OutputEventKinds.Dropped, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, long> { ["stdout"] = Stdout, ["stderr"] = Stderr }));

    /// <summary>What such an event says.</summary>
    public static OutputTotals Parse(byte[] dropped)
    {
        using var document = JsonDocument.Parse(dropped);
        return new OutputTotals(document.RootElement.GetProperty("stdout").GetInt64(), document.RootElement.GetProperty("stderr").GetInt64());
    }
}
