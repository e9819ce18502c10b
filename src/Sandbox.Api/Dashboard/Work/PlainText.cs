using System.Text;

namespace Sandbox.Api.Dashboard.Work;

/// <summary>
/// Output of programs as text alone: what a terminal would obey (colours, titles, movements of the cursor) is left out, and so is every other
/// character that is not shown. Pure.
/// </summary>
internal static class PlainText
{
    private const char Escape = '\u001b';
    private const char Bell = '\u0007';

    /// <summary>The text without what is not text. Line ends are \n, and what was to overwrite a line is a line of its own.</summary>
    public static string Of(string output)
    {
        var plain = new StringBuilder(output.Length);
        for (var at = 0; at < output.Length; at++)
        {
            var c = output[at];
            if (c == Escape)
                at = EndOfSequence(output, at);
            else if (c == '\r')
                plain.Append(at + 1 < output.Length && output[at + 1] == '\n' ? "" : "\n");
            else if (c is '\n' or '\t' || !char.IsControl(c))
                plain.Append(c);
        }

        return plain.ToString();
    }

    /// <summary>The end of a text, cut where a line begins if one begins soon; and how many characters come before it.</summary>
    public static (string Text, int LeftOut) Tail(string text, int most)
    {
        if (text.Length <= most)
            return (text, 0);
        var start = text.Length - most;
        if (char.IsLowSurrogate(text[start]))
            start++;
        var line = text.IndexOf('\n', start, Math.Min(1024, text.Length - start));
        start = line < 0 ? start : line + 1;
        return (text[start..], start);
    }

    /// <summary>A name that a sandbox made, for one line: what is not shown, or turns the direction of what is, is U+FFFD.</summary>
    public static string Name(string name) => string.Concat(name.Select(static c =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format ? '\uFFFD' : c));

    // The index of the last character of a sequence that begins with an escape; an unfinished one is all that follows.
    private static int EndOfSequence(string output, int escape)
    {
        var at = escape + 1;
        if (at >= output.Length)
            return escape;
        switch (output[at])
        {
            case '[':
                for (at++; at < output.Length && output[at] is >= ' ' and <= '?'; at++)
                {
                }

                return Math.Min(at, output.Length - 1);
            case ']' or 'P' or 'X' or '^' or '_':
                return EndOfString(output, at);
            default:
                for (; at < output.Length && output[at] is >= ' ' and <= '/'; at++)
                {
                }

                return Math.Min(at, output.Length - 1);
        }
    }

    // Such a string ends with a bell or an escape and a backslash; within one line, or it is taken for broken.
    private static int EndOfString(string output, int start)
    {
        for (var at = start + 1; at < output.Length; at++)
        {
            if (output[at] == Bell)
                return at;
            if (output[at] == Escape)
                return at + 1 < output.Length && output[at + 1] == '\\' ? at + 1 : at - 1;
            if (output[at] == '\n')
                return at - 1;
        }

        return output.Length - 1;
    }
}
