namespace Sandbox.Grains.Abstractions.Snapshots;

/// <summary>What a snapshot shall be: the validated request.</summary>
/// <param name="SessionId">The session to keep.</param>
/// <param name="Name">Name for people; null for none.</param>
/// <param name="Memory">Whether to keep variables and processes, too, and not the files alone.</param>
/// <param name="TtlSeconds">Seconds until it is removed; null to keep it.</param>
/// <param name="Metadata">Caller's labels, which lists can be filtered by.</param>
[GenerateSerializer, Immutable, Alias("sandbox.snapshot.spec")]
public sealed record SnapshotSpec(
    [property: Id(0)] string SessionId,
    [property: Id(1)] string? Name,
    [property: Id(2)] bool Memory,
    [property: Id(3)] double? TtlSeconds,
    [property: Id(4)] IReadOnlyDictionary<string, string> Metadata);
