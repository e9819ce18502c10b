namespace Sandbox.Grains.Abstractions.Jobs;

/// <summary>Durable output of jobs: numbered events, appended in order.</summary>
public interface IJobOutputStore
{
    /// <summary>
    /// Appends; durable when the task completes. Appending an id again with the same content is a no-op, so that a
    /// writer may repeat what it is not sure of.
    /// </summary>
    Task Append(JobId job, IReadOnlyList<JobEvent> events, CancellationToken cancellationToken = default);

    /// <summary>Events above <paramref name="after"/> in order, until <paramref name="maxBytes"/> are exceeded.</summary>
    Task<IReadOnlyList<JobEvent>> Read(JobId job, long after, int maxBytes, CancellationToken cancellationToken = default);

    /// <summary>Removes all output of a job.</summary>
    Task Delete(JobId job, CancellationToken cancellationToken = default);
}
