namespace Sandbox.Grains.Sessions.Forks;

/// <summary>Forks that are being made. While it is part of a session's durable state, they are not to stay.</summary>
/// <param name="Id">Name of the content that they begin with.</param>
/// <param name="Children">Ids of the new sessions.</param>
internal sealed record PendingFork(string Id, IReadOnlyList<string> Children);
