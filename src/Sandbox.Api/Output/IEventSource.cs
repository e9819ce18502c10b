namespace Sandbox.Api.Output;

/// <summary>Where an <see cref="EventStream"/> reads; it remembers how far it has come.</summary>
internal interface IEventSource
{
    /// <summary>What is new, after waiting at most that long for it; null when there will be nothing more, because what was read is gone.</summary>
    ValueTask<EventBatch?> Read(TimeSpan wait, CancellationToken cancellationToken);
}

/// <summary>A run of events.</summary>
/// <param name="Events">In order; empty when nothing new came within the wait.</param>
/// <param name="Ended">True when no event will follow these.</param>
internal readonly record struct EventBatch(IReadOnlyList<StreamedEvent> Events, bool Ended);

/// <summary>An event as it is written.</summary>
/// <param name="Id">By which a reader resumes after it; null for what is true only now and not told again.</param>
/// <param name="Kind">Name of the event.</param>
/// <param name="Data">Bytes of output, or UTF-8 JSON.</param>
/// <param name="Step">Number of the step that it belongs to, in a stream of several.</param>
internal readonly record struct StreamedEvent(string? Id, string Kind, byte[] Data, long? Step = null);
