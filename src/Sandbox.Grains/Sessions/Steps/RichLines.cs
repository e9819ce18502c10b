using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The lines of a step's rich output, put together from the pieces in which they came. They are the words of a kernel,
/// that is, of the code itself: what is no object of the known form is passed over.
/// </summary>
internal sealed class RichLines
{
    // Deep enough to see that it is a bundle with something nested too deep in it.
    private const int MaxDepth = 4096;

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
        if (UntrustedJson.Parse(line, MaxDepth) is not { ValueKind: JsonValueKind.Object } root || Text(root, "type") is not { } type)
            return null;
        return type switch
        {
            OutputEventKinds.Display or OutputEventKinds.Result when root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object =>
                (type, Bundle(data)),
            OutputEventKinds.Error when Text(root, "name") is { } name => (OutputEventKinds.Error, Error(root, name)),
            _ => null,
        };
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // What is nested too deep for an answer is told as the text that it is.
    private static byte[] Bundle(JsonElement data) => JsonSerializer.SerializeToUtf8Bytes(data.EnumerateObject()
        .GroupBy(static member => member.Name, StringComparer.Ordinal)
        .ToDictionary(static members => members.Key, static members => Content(members.Last().Value), StringComparer.Ordinal));

    private static JsonElement Content(JsonElement value)
    {
        var text = JsonMarshal.GetRawUtf8Value(value);
        return UntrustedJson.Parse(text) ?? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(text));
    }

    private static byte[] Error(JsonElement root, string name) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
    {
        ["name"] = name,
        ["value"] = Text(root, "value") ?? string.Empty,
        ["traceback"] = root.TryGetProperty("traceback", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(line => line.GetString()).ToArray()
            : [],
    });
}
