using System.Globalization;
using Sandbox.Cli.Client;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>Jobs as people read them.</summary>
internal static class JobTable
{
    private static readonly string[] s_headings = ["ID", "STATUS", "END", "LANGUAGE", "CREATED", "TOOK"];
    private const int StatusColumn = 1;

    public static void WriteList(CliConsole console, IReadOnlyList<Job> jobs)
    {
        string[][] rows = [s_headings, .. jobs.Select(Row)];
        var widths = Enumerable.Range(0, s_headings.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((text, column) => Paint(console.TextStyle, row == rows[0], column, text) + new string(' ', widths[column] - text.Length));
            console.Text.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    public static void WriteOne(CliConsole console, Job job)
    {
        Line("id", job.Id);
        Line("status", console.TextStyle.Status(job.Status));
        Line("end", End(job));
        Line("language", job.Language);
        Line("isolation", job.Isolation);
        Line("node", job.Node);
        Line("attempts", job.Attempts.ToString(CultureInfo.InvariantCulture));
        Line("created", Time(job.CreatedAt));
        Line("started", Time(job.StartedAt));
        Line("finished", Time(job.FinishedAt));
        Line("wall time", job.Usage?.WallSeconds is { } wall ? Units.Seconds(wall) : null);
        Line("cpu time", job.Usage?.CpuSeconds is { } cpu ? Units.Seconds(cpu) : null);
        Line("peak memory", job.Usage?.PeakMemoryBytes is { } peak and > 0 ? Units.Bytes(peak) : null);
        foreach (var (key, value) in job.Metadata ?? new Dictionary<string, string>())
            Line("metadata", $"{Printable.Line(key)}={Printable.Line(value)}");
        foreach (var artifact in job.Artifacts ?? [])
            Line("artifact", $"{Printable.Line(artifact.Name)} ({Units.Bytes(artifact.SizeBytes)}, {artifact.Id})");

        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                console.Text.WriteLine($"{console.TextStyle.Faint((name + ":").PadRight(13))}{value}");
        }
    }

    private static string[] Row(Job job) =>
    [
        job.Id, Printable.Line(job.Status), Printable.Line(End(job)), Printable.Line(job.Language ?? "-"), Time(job.CreatedAt),
        job.Usage?.WallSeconds is { } wall && job.HasEnded ? Units.Seconds(wall) : "-",
    ];

    private static string End(Job job) => job switch
    {
        { Cause: "signal", Signal: { } signal } => signal,
        { Cause: null or "exit_code", ExitCode: { } code } => $"exit {code}",
        { Cause: { } cause } => cause,
        _ => "-",
    };

    private static string Time(DateTimeOffset? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Paint(Style style, bool heading, int column, string text) =>
        heading ? style.Faint(text) : column == StatusColumn ? style.Status(text) : text;
}
