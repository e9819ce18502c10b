using System.Text;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Jobs;

/// <summary>A job's state in the form that callers see.</summary>
internal static class JobViews
{
    /// <summary>For lists.</summary>
    public static JobView WithoutOutput(JobState state) => View(state, null, null, null);

    /// <summary>With the output of the last attempt.</summary>
    public static JobView WithOutput(JobState state, IReadOnlyCollection<JobEvent> events)
    {
        var attempt = JobEventIds.AttemptOf(events.Count > 0 ? events.Max(entry => entry.Id) : 0);
        var last = events.Where(entry => JobEventIds.AttemptOf(entry.Id) == attempt).ToList();
        return View(state, Text(last, JobEventKinds.Stdout), Text(last, JobEventKinds.Stderr), LastResult(last));
    }

    private static string Text(IEnumerable<JobEvent> events, string kind)
    {
        var parts = events.Where(entry => entry.Kind == kind).Select(entry => entry.Data).ToList();
        if (parts.Count == 1)
            return Encoding.UTF8.GetString(parts[0]);
        var all = new byte[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }

        return Encoding.UTF8.GetString(all);
    }

    private static string? LastResult(IEnumerable<JobEvent> events) =>
        events.LastOrDefault(entry => entry.Kind == JobEventKinds.Result) is { } result ? Encoding.UTF8.GetString(result.Data) : null;

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
            state.Attempts.Count > 0 ? state.Node : null);
    }
}
