namespace Sandbox.Api.Mcp.Results;

/// <summary>Cutting of texts, never within a character, and never without getting on.</summary>
internal static class TextParts
{
    public static string Cut(string text, int from, int length)
    {
        var (start, end) = Bounds(text, from, length);
        return text[start..end];
    }

    /// <summary>Where a part begins and ends: with the whole of the character that it would begin or end within.</summary>
    public static (int Start, int End) Bounds(string text, int from, int length)
    {
        var start = Math.Clamp(from, 0, text.Length);
        if (IsWithin(text, start))
            start--;
        var end = (int)Math.Min(text.Length, (long)start + length);
        if (IsWithin(text, end))
            end = end - 1 > start ? end - 1 : end + 1;
        return (start, end);
    }

    /// <summary>Bytes of UTF-8 without the character that its end cuts; all of them where there is no other, so that one gets on.</summary>
    public static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back < bytes.Length; back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80)
                continue;
            var length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return length > back ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private static bool IsWithin(string text, int index) => index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]);
}
