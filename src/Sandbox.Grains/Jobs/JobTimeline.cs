using System.Buffers;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Grains.Jobs;

/// <summary>The events that follow from a job's state alone.</summary>
internal static class JobTimeline
{
    /// <summary>All of them, in order.</summary>
    public static IEnumerable<JobEvent> Of(JobState state)
    {
        yield return Status(JobEventIds.Submitted, JobStatus.Queued, null);
        foreach (var attempt in state.Attempts)
        {
            yield return Status(JobEventIds.Started(attempt.Number), JobStatus.Running, attempt.Number);
            if (attempt.EndedAt is not null && (attempt != state.LastAttempt || state.Status == JobStatus.Queued))
                yield return Status(JobEventIds.Requeued(attempt.Number), JobStatus.Queued, null);
        }

        if (state.Ended)
            yield return End(state);
    }

    /// <summary>Puts output, which is in order, between the events of the state.</summary>
    public static IReadOnlyList<JobEvent> Merge(JobState state, IEnumerable<JobEvent> output, long after) =>
        [.. Of(state).Concat(output).Where(entry => entry.Id > after).OrderBy(entry => entry.Id)];

    private static JobEvent Status(long id, JobStatus status, int? attempt) => new(id, JobEventKinds.Status, Json(writer =>
    {
        writer.WriteString("status", NameOf(status));
        if (attempt is { } number)
            writer.WriteNumber("attempt", number);
    }));

    private static JobEvent End(JobState state) => new(JobEventIds.Ended(state.Attempts.Count), JobEventKinds.End, Json(writer =>
    {
        writer.WriteString("status", NameOf(state.Status));
        if (state.Outcome?.Cause is { } cause)
            writer.WriteString("cause", cause);
        if (state.Outcome?.ExitCode is { } exitCode)
            writer.WriteNumber("exitCode", exitCode);
        if (state.Outcome?.Signal is { } signal)
            writer.WriteString("signal", signal);
    }));

    private static string NameOf(JobStatus status) => JsonSerializer.SerializeToElement(status).GetString()!;

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
