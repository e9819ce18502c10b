namespace Sandbox.Grains.Abstractions.Audit;

/// <summary>
/// The record of what happened, by tenant: append-only, and chained by hashes, so that a later change shows. Acknowledged is
/// durable. Whoever acts appends first and acts then; what cannot be recorded is not done.
/// </summary>
/// <remarks>
/// The door for everything that is no part of a write of its own (state of grains is <see cref="IAudited"/>; stores take the event
/// with what they write). Made for many callers at once: what is appended while the disk is busy shares the next commit.
/// </remarks>
public interface IAuditLog
{
    /// <summary>Appends an event; durable when the task completes.</summary>
    /// <exception cref="IOException">It could not be written. What it is about must not be done.</exception>
    Task Append(AuditEvent what, CancellationToken cancellationToken = default);
}

/// <summary>
/// Grain state that tells of events. Storage writes them in the transaction that writes the state: neither is there
/// without the other.
/// </summary>
public interface IAudited
{
    /// <summary>What the change to this state was; empty where it is of no interest.</summary>
    IReadOnlyList<AuditEvent> Events { get; }
}
