namespace Sandbox.Api.Mcp.Results;

/// <summary>
/// Images that models are shown. That it is one is told by how it begins, not by its name or the word of the code: an image that is none
/// would have the model's side refuse the whole conversation. Pure.
/// </summary>
internal static class ImageContent
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".gif"] = "image/gif", [".webp"] = "image/webp",
    };

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegSignature => [0xFF, 0xD8, 0xFF];

    public static bool IsType(string type) => Types.ContainsValue(type);

    /// <summary>The type that a file's name says; null for none that is shown.</summary>
    public static string? TypeOf(string path) => Types.GetValueOrDefault(Path.GetExtension(path));

    public static bool Is(string type, ReadOnlySpan<byte> content) => type switch
    {
        "image/png" => content.StartsWith(PngSignature),
        "image/jpeg" => content.StartsWith(JpegSignature),
        "image/gif" => content.StartsWith("GIF8"u8),
        "image/webp" => content.Length > 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8),
        _ => false,
    };
}
