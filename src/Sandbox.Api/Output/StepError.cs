using System.Text.Json;

namespace Sandbox.Api.Output;

/// <summary>The error that ended a step, as a kernel tells it: nothing of it is certain.</summary>
internal static class StepError
{
    /// <summary>The lines of the traceback as one text; empty where there are none.</summary>
    public static string Traceback(JsonElement error)
    {
        var lines = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("traceback", out var all) && all.ValueKind == JsonValueKind.Array
            ? all.EnumerateArray().Where(static line => line.ValueKind == JsonValueKind.String).Select(static line => line.GetString())
            : [];
        return string.Join('\n', lines);
    }
}
