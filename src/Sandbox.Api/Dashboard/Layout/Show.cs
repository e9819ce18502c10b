using System.Globalization;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>Numbers as people read them.</summary>
internal static class Show
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(decimal bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
            bytes /= 1024;
        return $"{Number(bytes)} {Units[unit]}";
    }

    /// <summary>At most three digits that matter, or all before the point.</summary>
    public static string Number(decimal number) =>
        number.ToString(number >= 100 || number == decimal.Truncate(number) ? "#,0" : number >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);

    public static string Milliseconds(double seconds) => $"{Number((decimal)seconds * 1000)} ms";

    /// <summary>How long something takes or takes yet.</summary>
    public static string Duration(TimeSpan span) => span.Duration() switch
    {
        { TotalDays: >= 1 } some => $"{(int)some.TotalDays} d {some.Hours} h",
        { TotalHours: >= 1 } some => $"{(int)some.TotalHours} h {some.Minutes} min",
        { TotalMinutes: >= 1 } some => $"{(int)some.TotalMinutes} min {some.Seconds} s",
        var some => $"{Number((decimal)some.TotalSeconds)} s",
    };
}
