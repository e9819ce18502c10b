using System.Text.Json;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The lines of a step's rich output, put together from the pieces in which they came. They are the words of a kernel,
/// that is, of the code itself: what is no object of the known form is passed over.
/// </summary>
internal sealed class RichLines
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    private readonly MemoryStream _line = new();

    /// <summary>The kinds and contents of the lines that end in a piece.</summary>
    public IEnumerable<(string Kind, byte[] Data)> Add(byte[] piece)
    {
        for (var start = 0; start < piece.Length;)
        {
            var end = Array.IndexOf(piece, (byte)'\n', start);
            _line.Write(piece, start, (end < 0 ? piece.Length : end) - start);
            if (end < 0)
                yield break;
            var line = _line.ToArray();
            _line.SetLength(0);
            start = end + 1;
            if (Parse(line) is { } parsed)
                yield return parsed;
        }
    }

    private static (string Kind, byte[] Data)? Parse(byte[] line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                return null;
            switch (type.GetString())
            {
                case OutputEventKinds.Display or OutputEventKinds.Result when root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object:
                    return (type.GetString()!, JsonSerializer.SerializeToUtf8Bytes(data));
                case OutputEventKinds.Error when root.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String:
                    return (OutputEventKinds.Error, Error(root, name.GetString()!));
                default:
                    return null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Error(JsonElement root, string name) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
    {
        ["name"] = name,
        ["value"] = root.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : string.Empty,
        ["traceback"] = root.TryGetProperty("traceback", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(line => line.GetString()).ToArray()
            : [],
    });
}
