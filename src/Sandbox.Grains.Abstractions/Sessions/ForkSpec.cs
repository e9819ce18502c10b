namespace Sandbox.Grains.Abstractions.Sessions;

/// <summary>What the forks of a session shall be: the validated request. What is null is as with the source.</summary>
/// <param name="Count">How many, 1 to <see cref="MaxCount"/>.</param>
/// <param name="Memory">Whether they have its variables and processes, too, and not the files alone.</param>
/// <param name="TtlSeconds">Seconds from their creation until they end.</param>
/// <param name="Metadata">Caller's labels.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.fork_spec")]
public sealed record ForkSpec(
    [property: Id(0)] int Count,
    [property: Id(1)] bool Memory,
    [property: Id(2)] double? TtlSeconds,
    [property: Id(3)] IReadOnlyDictionary<string, string>? Metadata)
{
    /// <summary>Most forks that one request makes.</summary>
    public const int MaxCount = 32;
}

/// <summary>Answer to a fork.</summary>
/// <param name="Sessions">The new sessions.</param>
/// <param name="Replayed">True when an earlier request with the same idempotency key made them.</param>
/// <param name="Skipped">Files that each of them lacks, because they could not be read; null where it is not known any more.</param>
[GenerateSerializer, Immutable, Alias("sandbox.session.forks")]
public sealed record SessionForks(
    [property: Id(0)] IReadOnlyList<SessionView> Sessions, [property: Id(1)] bool Replayed, [property: Id(2)] long? Skipped = null);
