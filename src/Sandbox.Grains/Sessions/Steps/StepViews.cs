using System.Text;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>A step's record in the form that callers see.</summary>
internal static class StepViews
{
    /// <summary>For lists.</summary>
    public static StepView WithoutOutput(StepRecord record) => View(record, null, null, [], null, null);

    /// <summary>With its output, of each stream no more than so many bytes.</summary>
    public static StepView WithOutput(StepRecord record, IReadOnlyList<OutputEvent> output, int mostBytes)
    {
        var results = new List<string>();
        int? main = null;
        string? error = null;
        var lines = new RichLines();
        foreach (var (kind, data) in output.Where(piece => piece.Kind == OutputEventKinds.Rich).SelectMany(piece => lines.Add(piece.Data)))
        {
            var text = Encoding.UTF8.GetString(data);
            if (kind == OutputEventKinds.Error)
            {
                error = text;
                continue;
            }

            if (kind == OutputEventKinds.Result)
                main = results.Count;
            results.Add(text);
        }

        var (stdout, stdoutCut) = OutputText.BeginningOf(output, OutputEventKinds.Stdout, mostBytes);
        var (stderr, stderrCut) = OutputText.BeginningOf(output, OutputEventKinds.Stderr, mostBytes);
        return View(record, stdout, stderr, results, main, error) with
        {
            StdoutTruncated = record.StdoutTruncated || stdoutCut,
            StderrTruncated = record.StderrTruncated || stderrCut,
        };
    }

    private static StepView View(StepRecord record, string? stdout, string? stderr, IReadOnlyList<string> results, int? main, string? error) => new(
        record.SessionId,
        record.Sequence,
        record.Context,
        record.Language,
        record.Status,
        record.Cause,
        record.ExitCode,
        record.Signal,
        stdout,
        stderr,
        record.StdoutTruncated,
        record.StderrTruncated,
        results,
        main,
        error,
        record.KernelEnded,
        record.FreshKernel,
        record.AgentId,
        record.CreatedAt,
        record.StartedAt,
        record.FinishedAt,
        record.Artifacts);
}
