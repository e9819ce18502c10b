using System.Globalization;
using Sandbox.Bench.Measurement;
using Spectre.Console;

namespace Sandbox.Bench.Reporting;

/// <summary>The results for people.</summary>
internal static class ResultTable
{
    // Tables in files and pipes are not folded.
    private const int WidthElsewhere = 160;

    private const string Method = """
        Jobs: over HTTP from another process, on a connection that stays open, until the whole answer is read; each prints 1.
        Warm pool: jobs come one after the other, as many as are ready; then the pool is given time to refill (until
        sandbox_pool_ready of /metrics is at its target and rests) before the baselines and the next jobs. Baselines run in
        turn with the jobs, on the idle machine, started by posix_spawn and read to the end of their output. Warm-up rounds
        are left out. p50 is the median; p90 and p99 by nearest rank.
        """;

    public static void Print(Report report, MachineFacts machine)
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
            console.Profile.Width = WidthElsewhere;
        console.Write(Measures(report));
        console.Write(Samples(report));
        foreach (var measure in report.Measures.Where(measure => measure.Note is not null))
            Console.WriteLine($"{measure.Name}: {measure.Note}");
        Console.WriteLine(Method);
        Console.WriteLine(machine.Summary());
    }

    private static Table Measures(Report report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("measure", "value", "target", "baseline", "met");
        foreach (var measure in report.Measures)
        {
            table.AddRow(
                new Text(measure.Name),
                new Text(measure.Value is { } value ? $"{Number(value)} {measure.Unit}" : "-"),
                new Text(Bound(measure)),
                new Text(string.Join(", ", measure.Baselines.Select(baseline => $"{baseline.Name} {Number(baseline.Value)}"))),
                Met(measure));
        }

        return table;
    }

    private static Table Samples(Report report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("sample");
        foreach (var name in new[] { "n", "min", "p50", "p90", "p99", "max" })
            table.AddColumn(new TableColumn(name).RightAligned());
        table.AddColumn("unit");
        foreach (var (series, quantiles) in report.Distributions())
        {
            table.AddRow(
                series.Name, Number(quantiles.Count), Number(quantiles.Min), Number(quantiles.P50), Number(quantiles.P90),
                Number(quantiles.P99), Number(quantiles.Max), series.Unit);
        }

        return table;
    }

    private static string Bound(Measure measure)
    {
        if (measure.Target is not { } target)
            return "-";
        var meaning = target.Meaning.Length == 0 ? string.Empty : $" ({target.Meaning})";
        return $"{(target.IsMost ? "<=" : ">=")} {Number(target.Bound)}{meaning}";
    }

    private static Text Met(Measure measure) => measure switch
    {
        { HasFailed: true } => new Text("failed", new Style(Color.Red)),
        { Met: true } => new Text("yes", new Style(Color.Green)),
        { Met: false } => new Text("no", new Style(Color.Red)),
        _ => new Text("-"),
    };

    private static string Number(double value) =>
        value.ToString(value == Math.Floor(value) ? "F0" : value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
