using System.Globalization;
using System.Text;

namespace Sandbox.Cli.Terminal;

/// <summary>
/// Names, labels and messages may come from untrusted code: a terminal must not obey control characters in them.
/// </summary>
internal static class Printable
{
    /// <summary>Replaces control characters, and such as change how others are shown; line feeds stay.</summary>
    public static string Text(string text) => Replace(text, keepLines: true);

    /// <summary>Replaces them, line feeds included.</summary>
    public static string Line(string text) => Replace(text, keepLines: false);

    private static string Replace(string text, bool keepLines)
    {
        if (!text.Any(IsHidden))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(IsHidden(c) && !(keepLines && c == '\n') ? '\uFFFD' : c);
        return clean.ToString();
    }

    // Format characters turn the direction of what follows, or take no room.
    private static bool IsHidden(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
