using System.Text;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Jobs;

/// <summary>A job's state in the form that callers see.</summary>
internal static class JobViews
{
    /// <summary>For lists.</summary>
    public static JobView WithoutOutput(JobState state) => View(state, null, null, null);

    /// <summary>With the output of the last attempt.</summary>
    public static JobView WithOutput(JobState state, IReadOnlyCollection<OutputEvent> events)
    {
        var attempt = OutputEventIds.AttemptOf(events.Count > 0 ? events.Max(entry => entry.Id) : 0);
        var last = events.Where(entry => OutputEventIds.AttemptOf(entry.Id) == attempt).ToList();
        return View(state, OutputText.Of(last, OutputEventKinds.Stdout), OutputText.Of(last, OutputEventKinds.Stderr), LastResult(last));
    }

    private static string? LastResult(IEnumerable<OutputEvent> events) =>
        events.LastOrDefault(entry => entry.Kind == OutputEventKinds.Result) is { } result ? Encoding.UTF8.GetString(result.Data) : null;

    private static JobView View(JobState state, string? stdout, string? stderr, string? result)
    {
        var outcome = state.Outcome;
        return new JobView(
            state.Id,
            state.Status,
            outcome?.Cause,
            outcome?.ExitCode,
            outcome?.Signal,
            stdout,
            stderr,
            outcome?.StdoutTruncated ?? false,
            outcome?.StderrTruncated ?? false,
            result,
            outcome?.Artifacts ?? [],
            outcome?.SkippedArtifacts ?? [],
            outcome?.Usage ?? new JobUsage(0, 0, 0, 0),
            state.Decision,
            state.Limits,
            state.Attempts.Count,
            state.AgentId,
            state.Metadata,
            state.CreatedAt,
            state.LastAttempt?.StartedAt,
            state.FinishedAt,
            state.Language,
            state.Isolation,
            state.Attempts.Count > 0 ? state.Node : null,
            state.Template);
    }
}
