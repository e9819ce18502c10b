using System.Globalization;
using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Workflows;

/// <summary>Workflows as people read them.</summary>
internal static class WorkflowTable
{
    private const int StatusColumn = 1;

    private static readonly string[] s_headings = ["ID", "STATUS", "NAME", "STEPS", "CREATED"];
    private static readonly string[] s_stepHeadings = ["STEP", "STATUS", "END", "ATTEMPTS", "AGENT", "TOOK", "RUNS AS"];
    private static readonly string[] s_keyHeadings = ["KEY", "VERSION", "SIZE", "BY", "CHANGED"];

    public static void WriteList(CliConsole console, IReadOnlyList<Workflow> workflows) =>
        TextTable.Write(console, s_headings, [.. workflows.Select(Row)], StatusColumn);

    public static void WriteOne(CliConsole console, Workflow workflow)
    {
        Line("id", workflow.Id);
        Line("name", workflow.Name is { } name ? Printable.Line(name) : null);
        Line("status", console.TextStyle.Status(workflow.Status));
        Line("cause", workflow.Cause);
        Line("created", TextTable.Time(workflow.CreatedAt));
        Line("finished", TextTable.Time(workflow.FinishedAt));
        foreach (var (key, value) in workflow.Metadata ?? new Dictionary<string, string>())
            Line("metadata", $"{Printable.Line(key)}={Printable.Line(value)}");
        if (workflow.Steps is not { Count: > 0 } steps)
            return;
        console.Text.WriteLine();
        TextTable.Write(console, s_stepHeadings, [.. steps.Select(StepRow)], StatusColumn);

        void Line(string name, string? value) => TextTable.WriteField(console, name, value);
    }

    public static void WriteKeys(CliConsole console, IReadOnlyList<MemoryKey> keys) => TextTable.Write(
        console,
        s_keyHeadings,
        [.. keys.Select(key => new[] { Printable.Line(key.Key), Number(key.Version), Units.Bytes(key.SizeBytes), Printable.Line(key.AgentId ?? "-"), TextTable.Time(key.ChangedAt) })],
        statusColumn: -1);

    /// <summary>How a step ended, in a word.</summary>
    public static string End(string? cause, int? exitCode) => (cause, exitCode) switch
    {
        (null, null) => "-",
        (null or "exit_code", { } code) => $"exit {Number(code)}",
        _ => cause!,
    };

    private static string[] Row(Workflow workflow) =>
    [
        workflow.Id, Printable.Line(workflow.Status), Printable.Line(workflow.Name ?? "-"),
        string.Join(' ', (workflow.Counts ?? new Dictionary<string, int>()).Select(count => $"{count.Value} {Printable.Line(count.Key)}")), TextTable.Time(workflow.CreatedAt),
    ];

    private static string[] StepRow(WorkflowStep step) =>
    [
        Printable.Line(step.Id), Printable.Line(step.Status), Printable.Line(End(step.Cause, step.ExitCode)), Number(step.Attempts), Printable.Line(step.AgentId ?? "-"),
        step is { StartedAt: { } began, FinishedAt: { } ended } ? Units.Seconds((ended - began).TotalSeconds) : "-", step.JobId ?? step.SessionId ?? "-",
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
