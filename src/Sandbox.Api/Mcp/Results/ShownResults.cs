using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Output;

namespace Sandbox.Api.Mcp.Results;

/// <summary>What a step showed: texts within bounds, and images as images.</summary>
internal sealed class ShownResults
{
    private readonly List<IReadOnlyDictionary<string, JsonElement>> _items = [];
    private readonly List<ContentBlock> _images = [];
    private long _imageCharacters;
    private long _characters;

    public ShownResults(IEnumerable<JsonElement> results)
    {
        foreach (var result in results)
            Add(result);
    }

    /// <summary>The one that is the value of the last expression; null where there is none, or it is not shown.</summary>
    public int? Main(int? index) => index < _items.Count ? index : null;

    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> Items => _items;

    public IReadOnlyList<ContentBlock> Images => _images;

    /// <summary>Whether something was too large to be shown whole.</summary>
    public bool IsCut { get; private set; }

    /// <summary>A value, or where it is too long for an answer its beginning as a text.</summary>
    public static JsonElement Bounded(JsonElement value) => value.GetRawText() is { Length: <= ToolBounds.ResultCharacters }
        ? value
        : ToText(TextParts.Cut(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), 0, ToolBounds.ResultCharacters) + "…");

    private static JsonElement ToText(string text) => JsonSerializer.SerializeToElement(text, ApiJson.Default.String);

    private void Add(JsonElement bundle)
    {
        if (_items.Count >= ToolBounds.Results)
        {
            IsCut = true;
            return;
        }

        var item = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        _items.Add(item);
        if (bundle.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in bundle.EnumerateObject())
        {
            if (ImageContent.IsType(member.Name))
                item[member.Name] = ToText(AddImage(member.Name, member.Value));
            else
                Add(item, member);
        }
    }

    private void Add(Dictionary<string, JsonElement> item, JsonProperty member)
    {
        var value = Bounded(member.Value);
        var characters = member.Name.Length + value.GetRawText().Length;
        if (member.Name.Length > ToolBounds.TypeCharacters || _characters + characters > ToolBounds.AllResultCharacters)
        {
            IsCut = true;
            return;
        }

        _characters += characters;
        item[member.Name] = value;
        IsCut |= member.Value.GetRawText().Length > ToolBounds.ResultCharacters;
    }

    private string AddImage(string type, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || !value.TryGetBytesFromBase64(out var bytes) || !ImageContent.Is(type, bytes))
            return "(not an image)";
        _imageCharacters += value.GetString()!.Length;
        if (_images.Count >= ToolBounds.Images || _imageCharacters > ToolBounds.ImageCharacters)
        {
            IsCut = true;
            return "(left out: too many or too large images)";
        }

        _images.Add(new ImageContentBlock { Data = Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)), MimeType = type });
        return $"(image {_images.Count} of this answer)";
    }
}
