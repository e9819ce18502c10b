using System.Text;

namespace Sandbox.Cli.Terminal;

/// <summary>
/// Names, labels and messages may come from untrusted code: a terminal must not obey control characters in them.
/// </summary>
internal static class Printable
{
    /// <summary>Replaces control characters; line feeds stay.</summary>
    public static string Text(string text) => Replace(text, keepLines: true);

    /// <summary>Replaces control characters, line feeds included.</summary>
    public static string Line(string text) => Replace(text, keepLines: false);

    private static string Replace(string text, bool keepLines)
    {
        if (!text.Any(char.IsControl))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
            clean.Append(char.IsControl(c) && !(keepLines && c == '\n') ? '\uFFFD' : c);
        return clean.ToString();
    }
}
