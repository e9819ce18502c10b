using System.Globalization;
using System.Text.RegularExpressions;

namespace Sandbox.Api.Http;

/// <summary>Ranges that name bytes beyond every content.</summary>
internal static partial class ByteRanges
{
    /// <summary>
    /// Replaces what no offset can be by the largest one. RFC 9110 puts no bound on an offset: one that begins beyond the end is
    /// 416 and one that ends there is cut off, but the framework takes numbers that it cannot hold for bad syntax, and ignores all.
    /// </summary>
    public static void Bound(HttpRequest request)
    {
        if (request.Headers.Range is [{ } range])
            request.Headers.Range = Bound(range);
    }

    /// <inheritdoc cref="Bound(HttpRequest)"/>
    public static string Bound(string range) =>
        range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) ? LongNumbers().Replace(range, static number => Bounded(number.ValueSpan)) : range;

    private static string Bounded(ReadOnlySpan<char> digits) =>
        (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : long.MaxValue).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("[0-9]{19,}", RegexOptions.CultureInvariant)]
    private static partial Regex LongNumbers();
}
