using System.Globalization;

namespace Sandbox.Egress.Rules;

/// <summary>Host names in the one form in which they are compared and resolved.</summary>
internal static class EgressName
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    // Letters in compatibility forms are not folded (the process has no Unicode tables): they make another name, which no rule has.
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// The name in lower case and punycode, without a dot at its end; null if it is no host name. A name that ends in a
    /// number is none: resolvers read 127.1, 2130706433, 0x7f.1 and 0177.0.0.1 as addresses.
    /// </summary>
    public static string? Normalise(string text)
    {
        // Some readers fold other digits to ASCII, and so an odd name to an address.
        if (text.Length is 0 or > MaxLength + 1 || text.Any(c => char.IsNumber(c) && !char.IsAsciiDigit(c)))
            return null;
        string name;
        try
        {
            name = Idn.GetAscii(text.ToLowerInvariant()).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
        if (name.EndsWith('.'))
            name = name[..^1];
        var labels = name.Split('.');
        return name.Length <= MaxLength && labels.All(IsLabel) && !IsNumber(labels[^1]) ? name : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit) || (label.StartsWith("0x", StringComparison.Ordinal) && label.AsSpan(2).IndexOfAnyExcept("0123456789abcdef") < 0);
}
