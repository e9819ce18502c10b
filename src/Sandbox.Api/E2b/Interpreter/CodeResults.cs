using System.Collections.Frozen;
using System.Text.Json;
using Sandbox.Api.Output;

namespace Sandbox.Api.E2b.Interpreter;

/// <summary>What code has shown, under the names that these clients have for it.</summary>
internal static class CodeResults
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["text/plain"] = "text",
        ["text/html"] = "html",
        ["text/markdown"] = "markdown",
        ["image/svg+xml"] = "svg",
        ["image/png"] = "png",
        ["image/jpeg"] = "jpeg",
        ["application/pdf"] = "pdf",
        ["text/latex"] = "latex",
        ["application/json"] = "json",
        ["application/javascript"] = "javascript",
        ["e2b/data"] = "data",
        ["e2b/chart"] = "chart",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Write(Utf8JsonWriter json, JsonElement bundle, bool isMain)
    {
        json.WriteBoolean("is_main_result"u8, isMain);
        if (bundle.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in bundle.EnumerateObject().Where(static member => Names.ContainsKey(member.Name)))
        {
            json.WritePropertyName(Names[member.Name]);
            if (member is { Name: "text/plain", Value.ValueKind: JsonValueKind.String })
                json.WriteStringValue(Unquote(member.Value.GetString()!));
            else
                member.Value.WriteTo(json);
        }

        var rest = bundle.EnumerateObject().Where(static member => !Names.ContainsKey(member.Name)).ToList();
        if (rest.Count == 0)
            return;
        json.WriteStartObject("extra"u8);
        foreach (var member in rest)
            member.WriteTo(json);
        json.WriteEndObject();
    }

    public static void WriteError(Utf8JsonWriter json, JsonElement error)
    {
        json.WriteString("name"u8, Text(error, "name"));
        json.WriteString("value"u8, Text(error, "value"));
        json.WriteString("traceback"u8, StepError.Traceback(error));
    }

    public static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Unquote(string text) => text is ['\'', .., '\''] ? text[1..^1] : text;
}
