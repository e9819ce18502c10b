namespace Sandbox.Grains.Abstractions.Output;

/// <summary>
/// Durable output of jobs and steps: numbered events, appended in order. Their owner is named by a text: the id of a job,
/// or the id of a session, a slash and the number of the step.
/// </summary>
public interface IOutputStore
{
    /// <summary>
    /// Appends; durable when the task completes. Appending an id again with the same content is a no-op, so that a
    /// writer may repeat what it is not sure of.
    /// </summary>
    Task Append(string owner, IReadOnlyList<OutputEvent> events, CancellationToken cancellationToken = default);

    /// <summary>Events above <paramref name="after"/> in order, until <paramref name="maxBytes"/> are exceeded.</summary>
    Task<IReadOnlyList<OutputEvent>> Read(string owner, long after, int maxBytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes the oldest events, so that those which are left have at most so many bytes, each event counted with
    /// <see cref="EventCost"/> more. In place of the removed ones there is one <see cref="OutputEventKinds.Dropped"/>, with the
    /// id of the last of them. Of output of stdout and stderr only.
    /// </summary>
    Task Trim(string owner, long keepBytes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Where a byte of a stream is, without reading what comes before: at most so many bytes of
    /// <paramref name="kind"/> (null for both streams) come before the events of the answer.
    /// </summary>
    Task<OutputPlace> Locate(string owner, string? kind, long offset, CancellationToken cancellationToken = default);

    /// <summary>What an event costs beside its bytes.</summary>
    const int EventCost = 64;

    /// <summary>Removes all output of an owner and of everything below it: of a session, that of its steps.</summary>
    Task Delete(string owner, CancellationToken cancellationToken = default);
}

/// <summary>A place in an output.</summary>
/// <param name="After">Id of the last event before it; 0 for the beginning.</param>
/// <param name="Totals">Bytes before it.</param>
public sealed record OutputPlace(long After, OutputTotals Totals);
