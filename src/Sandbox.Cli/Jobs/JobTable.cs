using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Jobs;

/// <summary>Jobs as people read them.</summary>
internal static class JobTable
{
    private static readonly string[] s_headings = ["ID", "STATUS", "END", "LANGUAGE", "CREATED", "TOOK"];
    private const int StatusColumn = 1;

    public static void WriteList(CliConsole console, IReadOnlyList<Job> jobs) =>
        TextTable.Write(console, s_headings, [.. jobs.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Job job)
    {
        Line("id", job.Id);
        Line("status", console.TextStyle.Status(job.Status));
        Line("end", End(job));
        Line("language", job.Language);
        Line("isolation", job.Isolation);
        Line("node", job.Node);
        Line("attempts", job.Attempts.ToString(CultureInfo.InvariantCulture));
        Line("created", TextTable.Time(job.CreatedAt));
        Line("started", TextTable.Time(job.StartedAt));
        Line("finished", TextTable.Time(job.FinishedAt));
        Line("wall time", job.Usage.WallSeconds is { } wall ? Units.Seconds(wall) : null);
        Line("cpu time", job.Usage.CpuSeconds is { } cpu ? Units.Seconds(cpu) : null);
        Line("peak memory", job.Usage.PeakMemoryBytes is { } peak and > 0 ? Units.Bytes(peak) : null);
        foreach (var (key, value) in job.Metadata)
            Line("metadata", $"{Printable.Line(key)}={Printable.Line(value)}");
        foreach (var artifact in job.Artifacts)
            Line("artifact", $"{Printable.Line(artifact.Name)} ({Units.Bytes(artifact.SizeBytes)}, {artifact.Id})");

        void Line(string name, string? value) => TextTable.WriteField(console, name, value);
    }

    private static string[] Row(Job job) =>
    [
        job.Id, Printable.Line(job.Status), Printable.Line(End(job)), Printable.Line(job.Language ?? "-"), TextTable.Time(job.CreatedAt),
        job.Usage.WallSeconds is { } wall && job.HasEnded ? Units.Seconds(wall) : "-",
    ];

    private static string End(Job job) => job switch
    {
        { Cause: "signal", Signal: { } signal } => signal,
        { Cause: null or "exit_code", ExitCode: { } code } => $"exit {code}",
        { Cause: { } cause } => cause,
        _ => "-",
    };
}
