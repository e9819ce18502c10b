using System.Text;
using System.Text.Json;
using Sandbox.Api.Mcp.Results;
using Sandbox.Api.Output;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>A picture among the forms of what a step showed. The code in the sandbox says that it is one; how it begins says whether that is so.</summary>
/// <param name="Type">Its media type.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record StepPicture(string Type, byte[] Content)
{
    private const string Drawing = "image/svg+xml";

    /// <summary>The picture; null where there is none.</summary>
    /// <param name="result">What was shown, as JSON.</param>
    public static StepPicture? Of(string result) => JsonValue.Parse(result) is { ValueKind: JsonValueKind.Object } bundle ? Of(bundle) : null;

    /// <inheritdoc cref="Of(string)"/>
    public static StepPicture? Of(JsonElement bundle)
    {
        foreach (var member in bundle.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                continue;
            if (ImageContent.IsType(member.Name) && member.Value.TryGetBytesFromBase64(out var bytes) && ImageContent.Is(member.Name, bytes))
                return new StepPicture(member.Name, bytes);
        }

        return bundle.TryGetProperty(Drawing, out var drawing) && drawing.ValueKind == JsonValueKind.String
            ? new StepPicture(Drawing, Encoding.UTF8.GetBytes(drawing.GetString()!))
            : null;
    }
}
