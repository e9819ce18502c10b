using System.Globalization;
using System.Text.Json;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>A value of a workflow: text, or JSON.</summary>
internal readonly record struct StepValue
{
    private readonly string? _text;
    private readonly JsonElement? _json;

    private StepValue(string? text, JsonElement? json) => (_text, _json) = (text, json);

    /// <summary>Nothing.</summary>
    public static StepValue Null { get; } = new(null, null);

    public static StepValue Of(string text) => new(text, null);

    public static StepValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => Of(json.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => Null,
        _ => new StepValue(null, json.Clone()),
    };

    public static StepValue Of(double number) => new(null, JsonSerializer.SerializeToElement(number));

    public static StepValue Of(bool yes) => new(null, JsonSerializer.SerializeToElement(yes));

    public bool IsNull => _text is null && _json is null;

    /// <summary>How it is put into a text: a string as it is, everything else as JSON.</summary>
    public string Text => _text ?? _json?.GetRawText() ?? "null";

    /// <summary>As a number, where it is one, or a text that says one.</summary>
    public double? Number => _json is { ValueKind: JsonValueKind.Number } number ? number.GetDouble()
        : _text is not null && double.TryParse(_text.AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed
        : null;

    /// <summary>Whether it is a number, and no text that says one.</summary>
    public bool IsNumber => _json is { ValueKind: JsonValueKind.Number };

    /// <summary>Whether it counts as yes: not null, false, 0 or the empty text.</summary>
    public bool IsTrue => _json is { } json
        ? json.ValueKind != JsonValueKind.False && !(json.ValueKind == JsonValueKind.Number && json.GetDouble() == 0)
        : !string.IsNullOrEmpty(_text);
}
