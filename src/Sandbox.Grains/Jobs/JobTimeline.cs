using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Output;
using Sandbox.Grains.Output;

namespace Sandbox.Grains.Jobs;

/// <summary>The events that follow from a job's state alone.</summary>
internal static class JobTimeline
{
    /// <summary>All of them, in order.</summary>
    public static IEnumerable<OutputEvent> Of(JobState state)
    {
        yield return Status(OutputEventIds.Submitted, JobStatus.Queued, null);
        foreach (var attempt in state.Attempts)
        {
            yield return Status(OutputEventIds.Started(attempt.Number), JobStatus.Running, attempt.Number);
            if (attempt.EndedAt is not null && (attempt != state.LastAttempt || state.Status == JobStatus.Queued))
                yield return Status(OutputEventIds.Requeued(attempt.Number), JobStatus.Queued, null);
        }

        if (state.Ended)
            yield return End(state);
    }

    /// <summary>Puts output, which is in order, between the events of the state.</summary>
    public static IReadOnlyList<OutputEvent> Merge(JobState state, IEnumerable<OutputEvent> output, long after) =>
        [.. Of(state).Concat(output).Where(entry => entry.Id > after).OrderBy(entry => entry.Id)];

    private static OutputEvent Status(long id, JobStatus status, int? attempt) => new(id, OutputEventKinds.Status, EventJson.Object(writer =>
    {
        writer.WriteString("status", EventJson.NameOf(status));
        if (attempt is { } number)
            writer.WriteNumber("attempt", number);
    }));

    private static OutputEvent End(JobState state) => new(OutputEventIds.Ended(state.Attempts.Count), OutputEventKinds.End, EventJson.Object(writer =>
    {
        writer.WriteString("status", EventJson.NameOf(state.Status));
        if (state.Outcome?.Cause is { } cause)
            writer.WriteString("cause", cause);
        if (state.Outcome?.ExitCode is { } exitCode)
            writer.WriteNumber("exitCode", exitCode);
        if (state.Outcome?.Signal is { } signal)
            writer.WriteString("signal", signal);
    }));
}
