using System.Text.Json;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Output;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>The error that ended a step, as its language tells it.</summary>
internal static class StepError
{
    /// <param name="error">JSON with a name, a value and the lines of a traceback, written by the code in the sandbox.</param>
    public static string Of(string error)
    {
        var value = JsonValue.Parse(error);
        if (value.ValueKind != JsonValueKind.Object)
            return PrettyJson.Of(value);
        var lines = value.TryGetProperty("traceback", out var all) && all.ValueKind == JsonValueKind.Array
            ? all.EnumerateArray().Where(static line => line.ValueKind == JsonValueKind.String).Select(static line => line.GetString()!.TrimEnd('\n')).ToList()
            : [];
        return lines.Count > 0 ? string.Join('\n', lines) : $"{StringOf(value, "name")}: {StringOf(value, "value")}";
    }

    private static string? StringOf(JsonElement value, string name) =>
        value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
