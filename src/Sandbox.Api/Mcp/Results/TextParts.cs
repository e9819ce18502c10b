namespace Sandbox.Api.Mcp.Results;

/// <summary>Cutting of texts, never within a character.</summary>
internal static class TextParts
{
    public static string Cut(string text, int from, int length)
    {
        var start = Math.Clamp(from, 0, text.Length);
        if (start > 0 && start < text.Length && char.IsLowSurrogate(text[start]) && char.IsHighSurrogate(text[start - 1]))
            start++;
        var end = (int)Math.Min(text.Length, (long)start + length);
        if (end > start && end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[start..end];
    }
}
