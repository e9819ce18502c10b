using System.Text;
using System.Text.Json;

namespace Sandbox.Client;

/// <summary>Kinds of an <see cref="OutputEvent"/>. Later servers may have more: pass over those that you do not know.</summary>
public static class OutputKind
{
    /// <summary>The job, step or session has changed its state.</summary>
    public const string Status = "status";

    /// <summary>Standard output.</summary>
    public const string Stdout = "stdout";

    /// <summary>Standard error.</summary>
    public const string Stderr = "stderr";

    /// <summary>Value of the last expression; of a step, an object of MIME types.</summary>
    public const string Result = "result";

    /// <summary>Something that a step showed, an object of MIME types.</summary>
    public const string Display = "display";

    /// <summary>The error that ended a step: name, value and traceback.</summary>
    public const string Error = "error";

    /// <summary>Of a background command: earlier output is not kept any more.</summary>
    public const string Dropped = "dropped";

    /// <summary>Of a session or workflow: a step has changed its state.</summary>
    public const string Step = "step";

    /// <summary>It is over: the last event.</summary>
    public const string End = "end";
}

/// <summary>Something that a job, step, command, session or workflow did.</summary>
public sealed class OutputEvent
{
    private JsonElement? _data;
    private byte[]? _bytes;

    internal OutputEvent(ServerEvent item) => (Id, Kind, Json) = (item.Id, item.Kind, item.Data);

    /// <summary>Its id, after which a stream can be taken up; empty where it only tells how things are.</summary>
    public string Id { get; }

    /// <summary>What it is; see <see cref="OutputKind"/>.</summary>
    public string Kind { get; }

    /// <summary>All that came with it, as JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The same, to be looked into.</summary>
    public JsonElement Data => _data ??= Parse();

    /// <summary>Of a session's stream, the number of the step or command that it is of; null in all others.</summary>
    public long? Step =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty("step", out var step) && step.ValueKind == JsonValueKind.Number
        && step.TryGetInt64(out var number) ? number : null;

    /// <summary>Of output, its bytes, exactly; of everything else, none. A character may be split over two events.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes ??= ReadBytes();

    /// <summary>Of output, its text; what is no UTF-8 in it is U+FFFD. Of everything else, empty.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>Of the end, how it ended; null of everything else.</summary>
    public OutputEnd? End => Kind == OutputKind.End ? JsonSerializer.Deserialize(Json.Span, ClientJson.Default.OutputEnd) : null;

    /// <summary>Of a workflow's step that has changed, what became of it; null of everything else.</summary>
    public StepChange? Change => Kind == OutputKind.Step ? JsonSerializer.Deserialize(Json.Span, ClientJson.Default.StepChange) : null;

    /// <summary>The kind and the id.</summary>
    public override string ToString() => $"{Kind} {Id}";

    private JsonElement Parse()
    {
        using var document = JsonDocument.Parse(Json);
        return document.RootElement.Clone();
    }

    private byte[] ReadBytes()
    {
        if (Kind is not (OutputKind.Stdout or OutputKind.Stderr))
            return [];
        var output = JsonSerializer.Deserialize(Json.Span, ClientJson.Default.OutputBytes);
        return output?.Base64 ?? (output?.Text is { } text ? Encoding.UTF8.GetBytes(text) : []);
    }
}

/// <summary>How a job, step, command, session or workflow ended.</summary>
public sealed record OutputEnd
{
    /// <summary>Its state.</summary>
    public string Status { get => field ?? string.Empty; init; }

    /// <summary>Why it did not succeed.</summary>
    public string? Cause { get; init; }

    /// <summary>Exit code, where the program exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that killed it.</summary>
    public string? Signal { get; init; }
}

/// <summary>Output on the wire: text, or base64 where the bytes are not UTF-8.</summary>
internal sealed record OutputBytes(string? Text = null, byte[]? Base64 = null);
