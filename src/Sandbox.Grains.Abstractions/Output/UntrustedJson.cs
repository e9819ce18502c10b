using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Sandbox.Grains.Abstractions.Output;

/// <summary>
/// JSON that code in a sandbox has written. What is read here can be written again within any answer: it is not nested too deep for
/// that, and its strings are text.
/// </summary>
public static class UntrustedJson
{
    /// <summary>Deepest nesting of a value: what is around it in an answer has room beside it within the 64 levels that clients read.</summary>
    public const int MaxDepth = 48;

    private const int EscapeLength = 6; // backslash, u and four digits

    /// <summary>Reads a value.</summary>
    /// <param name="utf8">Its text.</param>
    /// <param name="maxDepth">How deep it may be nested.</param>
    /// <returns>The value; null where it is no JSON, or nested deeper.</returns>
    public static JsonElement? Parse(ReadOnlySpan<byte> utf8, int maxDepth = MaxDepth)
    {
        // The reader looks at strings only when somebody wants them.
        if (!Utf8.IsValid(utf8))
            return null;
        try
        {
            return JsonElement.Parse(WithText(utf8), new JsonDocumentOptions { MaxDepth = maxDepth });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The same text with U+FFFD in place of escapes that are half of a character: JavaScript cuts strings there, RFC 8259 (section 8.2)
    /// lets them pass, and as text they are nothing.
    /// </summary>
    private static ReadOnlySpan<byte> WithText(ReadOnlySpan<byte> utf8)
    {
        byte[]? mended = null;
        for (var at = utf8.IndexOf((byte)'\\'); at >= 0 && at < utf8.Length;)
        {
            // Outside of strings there are no backslashes in JSON, and within each begins an escape.
            if (utf8[at] != '\\')
            {
                var next = utf8[at..].IndexOf((byte)'\\');
                at = next < 0 ? utf8.Length : at + next;
            }
            else if (UnitAt(utf8, at) is not { } unit)
            {
                at += 2;
            }
            else if (char.IsHighSurrogate(unit) && UnitAt(utf8, at + EscapeLength) is { } second && char.IsLowSurrogate(second))
            {
                at += 2 * EscapeLength;
            }
            else
            {
                if (char.IsSurrogate(unit))
                    "fffd"u8.CopyTo((mended ??= utf8.ToArray()).AsSpan(at + 2));
                at += EscapeLength;
            }
        }

        return mended ?? utf8;
    }

    // The UTF-16 unit of an escape; null where there is none.
    private static char? UnitAt(ReadOnlySpan<byte> utf8, int at) =>
        at + EscapeLength <= utf8.Length && utf8[at] == '\\' && utf8[at + 1] == 'u'
        && ushort.TryParse(utf8.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
