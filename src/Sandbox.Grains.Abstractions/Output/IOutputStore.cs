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

    /// <summary>Removes all output of an owner and of everything below it: of a session, that of its steps.</summary>
    Task Delete(string owner, CancellationToken cancellationToken = default);
}
