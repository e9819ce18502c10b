using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Grains.Secrets.Redaction;

/// <summary>
/// The forms in which programs print a value without meaning to change it: as it is, within JSON, in an address, in base64
/// wherever it begins there, and each line of one that has several.
/// </summary>
internal static class SecretForms
{
    private const int Shortest = ISecretStore.ShortestValue;

    // Every text that is printed of a key in PEM would lose these otherwise.
    private const string Armour = "-----";

    /// <summary>All of them that are long enough to be told from other text, each once.</summary>
    public static IReadOnlyCollection<byte[]> Of(ReadOnlySpan<byte> value)
    {
        var forms = new HashSet<byte[]>(ByteArrays.Instance);
        AddTexts(forms, value);
        AddBase64(forms, value);
        var trimmed = value.Trim(" \t\r\n"u8);
        if (trimmed.Length != value.Length)
        {
            AddTexts(forms, trimmed);
            AddBase64(forms, trimmed);
        }

        foreach (var range in trimmed.Split((byte)'\n'))
        {
            var line = trimmed[range].Trim(" \t\r"u8);
            if (!line.StartsWith(Encoding.ASCII.GetBytes(Armour)))
                AddTexts(forms, line);
        }

        return forms;
    }

    private static void AddTexts(HashSet<byte[]> forms, ReadOnlySpan<byte> value)
    {
        if (value.Length < Shortest)
            return;
        forms.Add(value.ToArray());
        forms.Add(Percent(value, "X2", static _ => false));
        forms.Add(Percent(value, "x2", static _ => false));
        // What Python leaves in a path, and what a form makes of a space.
        forms.Add(Percent(value, "X2", static c => c == '/'));
        forms.Add(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Percent(value, "X2", static _ => false)).Replace("%20", "+", StringComparison.Ordinal)));
        if (Text(value) is not { } text)
            return;
        foreach (var escaped in Json(text))
        {
            forms.Add(Encoding.UTF8.GetBytes(escaped));
            // A kernel tells of values in lines of JSON that hold what may be JSON, or a program's text form, itself.
            foreach (var twice in Json(escaped))
                forms.Add(Encoding.UTF8.GetBytes(twice));
        }
    }

    private static IEnumerable<string> Json(string text)
    {
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
        yield return Escaped(text, ascii: false);
        yield return Escaped(text, ascii: true);
    }

    // As Python and JavaScript write it: digits in lower case, and nothing escaped that need not be.
    private static string Escaped(string text, bool ascii)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ when c < ' ' || (ascii && c > '~') => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return result.ToString();
    }

    private static byte[] Percent(ReadOnlySpan<byte> value, string format, Func<char, bool> isLeft)
    {
        var result = new StringBuilder(value.Length);
        foreach (var b in value)
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' || isLeft(c))
                result.Append(c);
            else
                result.Append('%').Append(b.ToString(format, CultureInfo.InvariantCulture));
        }

        return Encoding.ASCII.GetBytes(result.ToString());
    }

    // Of what is encoded together with something before or behind it, only the digits that are the value's alone.
    private static void AddBase64(HashSet<byte[]> forms, ReadOnlySpan<byte> value)
    {
        for (var before = 0; before < 3 && value.Length >= Shortest; before++)
        {
            var padded = new byte[before + value.Length];
            value.CopyTo(padded.AsSpan(before));
            var digits = Convert.ToBase64String(padded).TrimEnd('=');
            var first = before == 0 ? 0 : before + 1;
            var last = padded.Length % 3 == 0 ? digits.Length : digits.Length - 1;
            if (last - first < Shortest)
                continue;
            var own = digits[first..last];
            forms.Add(Encoding.ASCII.GetBytes(own));
            forms.Add(Encoding.ASCII.GetBytes(own.Replace('+', '-').Replace('/', '_')));
        }
    }

    private static string? Text(ReadOnlySpan<byte> value)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private sealed class ByteArrays : IEqualityComparer<byte[]>
    {
        public static readonly ByteArrays Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
