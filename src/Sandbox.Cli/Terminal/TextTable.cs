using System.Globalization;

namespace Sandbox.Cli.Terminal;

/// <summary>Lists and single things as people read them.</summary>
internal static class TextTable
{
    private const int NameWidth = 13;

    /// <summary>Rows under headings, each column as wide as its widest cell.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="headings">Names of the columns.</param>
    /// <param name="rows">The rows, made printable.</param>
    /// <param name="statusColumn">Index of the column that is coloured by its state.</param>
    public static void Write(CliConsole console, string[] headings, IReadOnlyList<string[]> rows, int statusColumn)
    {
        string[][] all = [headings, .. rows];
        var widths = Enumerable.Range(0, headings.Length).Select(c => all.Max(r => r[c].Length)).ToArray();
        foreach (var row in all)
        {
            var cells = row.Select((text, column) =>
                Paint(console.TextStyle, row == headings, column == statusColumn, text) + new string(' ', widths[column] - text.Length));
            console.Text.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    /// <summary>A named value on a line of its own; nothing where there is no value.</summary>
    public static void WriteField(CliConsole console, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            console.Text.WriteLine($"{console.TextStyle.Faint((name + ":").PadRight(NameWidth))}{value}");
    }

    /// <summary>A time as the clock on the wall shows it; empty where there is none.</summary>
    public static string Time(DateTimeOffset? time) =>
        (time == default(DateTimeOffset) ? null : time)?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Paint(Style style, bool heading, bool status, string text) =>
        heading ? style.Faint(text) : status ? style.Status(text) : text;
}
