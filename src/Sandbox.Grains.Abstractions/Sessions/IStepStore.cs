namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>Steps of sessions: one row each, written when the step is acknowledged and when it has ended.</summary>
public interface IStepStore
{
    /// <summary>Writes a step, in place of what was stored of it; durable when the task completes.</summary>
    Task Save(StepRecord step, CancellationToken cancellationToken = default);

    /// <summary>A step; null when none of that number is stored.</summary>
    Task<StepRecord?> Find(string sessionId, long sequence, CancellationToken cancellationToken = default);

    /// <summary>The step that a request with this key made; null when there is none.</summary>
    Task<StepRecord?> FindByKey(string sessionId, string idempotencyKey, CancellationToken cancellationToken = default);

    /// <summary>Steps above a number, in order; or background commands.</summary>
    Task<IReadOnlyList<StepRecord>> List(string sessionId, bool background, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>The smallest number above another one that a step or background command of the session has; null when there is none.</summary>
    Task<long?> NextAfter(string sessionId, long sequence, CancellationToken cancellationToken = default);

    /// <summary>What whoever takes a session up has to know of its steps.</summary>
    Task<StepOverview> Overview(string sessionId, CancellationToken cancellationToken = default);

    /// <summary>Removes every step of a session.</summary>
    Task Delete(string sessionId, CancellationToken cancellationToken = default);
}

/// <summary>The steps of a session in short.</summary>
/// <param name="Last">Largest number, of steps and background commands; 0 when there is none.</param>
/// <param name="Open">Steps and background commands that have not ended, in order.</param>
/// <param name="Kernels">The last ended step of every kernel.</param>
public sealed record StepOverview(long Last, IReadOnlyList<StepRecord> Open, IReadOnlyList<StepRecord> Kernels);
