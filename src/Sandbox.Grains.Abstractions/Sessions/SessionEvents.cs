using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>An event of one of a session's steps.</summary>
/// <param name="Position">Text of the reader's <see cref="SessionPosition"/> after it.</param>
/// <param name="Sequence">The step.</param>
/// <param name="Event">The event, as readers of the step alone see it.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.event")]
public sealed record SessionEvent([property: Id(0)] string Position, [property: Id(1)] long Sequence, [property: Id(2)] OutputEvent Event);

/// <summary>A run of events of a session's steps.</summary>
/// <param name="Events">In the order of each step; those of different steps as they came.</param>
/// <param name="Session">The session as it stands.</param>
/// <param name="Version">Rises with every change of the session while one process holds it; to be handed back for the next page.</param>
/// <param name="Ended">True when the session has ended and no event will follow these.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.event_page")]
public sealed record SessionEventPage(
    [property: Id(0)] IReadOnlyList<SessionEvent> Events,
    [property: Id(1)] SessionView Session,
    [property: Id(2)] long Version,
    [property: Id(3)] bool Ended);
