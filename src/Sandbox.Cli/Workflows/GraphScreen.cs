using Sandbox.Cli.Terminal;

namespace Sandbox.Cli.Workflows;

/// <summary>The progress of a graph: drawn anew with every change where a terminal shows it, else one line for each change.</summary>
internal sealed class GraphScreen
{
    private const int MostLines = 30;
    private const string ToLineStart = "\r";
    private const string ClearToEnd = "\e[J";

    private readonly CliConsole _console;
    private readonly bool _draws;
    private readonly IReadOnlyList<WorkflowStep> _steps;
    private readonly Dictionary<string, StepChange> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _began = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _depths = new(StringComparer.Ordinal);
    private int _drawn;

    /// <param name="console">Its error output shows the graph.</param>
    /// <param name="steps">The steps, in the order of the request.</param>
    /// <param name="draws">Whether the whole is drawn, if there is a terminal.</param>
    public GraphScreen(CliConsole console, IReadOnlyList<WorkflowStep> steps, bool draws)
    {
        (_console, _steps, _draws) = (console, steps, draws && console.ErrorsAreTerminal);
        var byId = steps.ToDictionary(step => step.Id, StringComparer.Ordinal);
        foreach (var step in steps)
            Depth(byId, step);
    }

    /// <summary>A step has changed.</summary>
    public void Show(StepChange change)
    {
        _changes[change.Step] = change;
        if (change is { Status: "running", At: { } at })
            _began[change.Step] = at;
        if (_draws)
            Draw();
        else
            _console.ErrorText.WriteLine(Line(change));
    }

    private void Draw()
    {
        var lines = Lines();
        var back = _drawn > 0 ? $"\e[{_drawn}A" : string.Empty;
        _console.ErrorText.Write($"{ToLineStart}{back}{ClearToEnd}{string.Join('\n', lines)}\n");
        _drawn = lines.Count;
    }

    // What is more than a screen shows is summed up: what runs is what somebody looks for.
    private List<string> Lines()
    {
        var shown = _steps.Count <= MostLines ? _steps : [.. _steps.Where(step => StatusOf(step) is "running" or "retrying" or "failed" or "timed_out").Take(MostLines - 1)];
        var lines = shown.Select(Line).ToList();
        if (shown.Count < _steps.Count)
            lines.Add(_console.ErrorStyle.Faint(string.Join(", ", _steps.CountBy(StatusOf).Select(count => $"{count.Value} {count.Key}"))));
        return lines;
    }

    private string Line(WorkflowStep step)
    {
        var status = StatusOf(step);
        var change = _changes.GetValueOrDefault(step.Id);
        var dependencies = step.DependsOn is { Count: > 0 } before ? _console.ErrorStyle.Faint($" ← {Printable.Line(string.Join(", ", before))}") : string.Empty;
        return $"{new string(' ', 2 * Math.Min(8, _depths[step.Id]))}{Sign(status)} {Printable.Line(step.Id)} {_console.ErrorStyle.Status(status)}{Told(change)}{dependencies}";
    }

    private string Line(StepChange change) => $"{Printable.Line(change.Step)} {_console.ErrorStyle.Status(change.Status)}{Told(change)}";

    private string Told(StepChange? change)
    {
        if (change is null or { Status: "pending" })
            return string.Empty;
        var took = change.Status is not "running" && change.At is { } at && _began.TryGetValue(change.Step, out var began) ? $" {Units.Seconds((at - began).TotalSeconds)}" : string.Empty;
        var end = change.Cause is null ? string.Empty : $" ({Printable.Line(WorkflowTable.End(change.Cause, change.ExitCode))}{(change.Detail is { } detail ? $": {Printable.Line(detail)}" : "")})";
        return $"{(change.Attempt > 1 ? $" attempt {change.Attempt}" : string.Empty)}{took}{end}";
    }

    private string StatusOf(WorkflowStep step) => _changes.GetValueOrDefault(step.Id)?.Status ?? "pending";

    private static char Sign(string status) => status switch
    {
        "running" => '●',
        "retrying" => '↻',
        "succeeded" => '✔',
        "failed" or "timed_out" => '✘',
        "skipped" or "cancelled" => '⊘',
        _ => '·',
    };

    private int Depth(Dictionary<string, WorkflowStep> byId, WorkflowStep step)
    {
        if (_depths.TryGetValue(step.Id, out var known))
            return known;
        // A server that tells of a cycle is not followed into it.
        _depths[step.Id] = 0;
        return _depths[step.Id] = (step.DependsOn ?? []).Select(name => byId.TryGetValue(name, out var before) ? Depth(byId, before) + 1 : 0).DefaultIfEmpty(0).Max();
    }
}
