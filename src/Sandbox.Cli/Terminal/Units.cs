using System.Globalization;

namespace Sandbox.Cli.Terminal;

/// <summary>Sizes and durations as people write and read them.</summary>
internal static class Units
{
    private const string Prefixes = "KMGT";

    /// <summary>Reads <c>512M</c>, <c>1.5G</c>, <c>64KiB</c> or <c>1048576</c>; factors are powers of 1024.</summary>
    public static bool TryParseBytes(string text, out long bytes)
    {
        bytes = 0;
        var number = text.Trim().ToUpperInvariant();
        foreach (var ending in (string[])["IB", "B"])
        {
            if (number.EndsWith(ending, StringComparison.Ordinal))
            {
                number = number[..^ending.Length].TrimEnd();
                break;
            }
        }

        var factor = 1.0;
        if (number.Length > 0 && Prefixes.IndexOf(number[^1], StringComparison.Ordinal) is var power and >= 0)
        {
            factor = Math.Pow(1024, power + 1);
            number = number[..^1].TrimEnd();
        }

        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        var result = value * factor;
        if (!double.IsFinite(result) || result < 1 || result >= long.MaxValue)
            return false;
        bytes = (long)result;
        return true;
    }

    /// <summary>Reads a duration such as <c>90</c>, <c>90s</c>, <c>10m</c>, <c>1.5h</c> or <c>7d</c>.</summary>
    public static bool TryParseSeconds(string text, out double seconds)
    {
        var number = text.Trim();
        var factor = number.Length == 0 ? 1 : number[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (factor > 0 && number.Length > 0)
            number = number[..^1];
        var isNumber = double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value);
        seconds = value * Math.Max(factor, 1);
        return isNumber && double.IsFinite(seconds);
    }

    public static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = -1;
        while (value >= 1024 && unit < Prefixes.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Prefixes[unit]}iB");
    }

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");
}
