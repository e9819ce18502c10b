namespace Sandbox.Client;

/// <summary>Sessions that were forked from another one.</summary>
public sealed record ForkList
{
    /// <summary>The new sessions.</summary>
    public IReadOnlyList<Session> Items { get => field ?? []; init; }

    /// <summary>Files that each of them lacks, because the sandbox's user cannot read them or they lie too deep; not told to a repeated request.</summary>
    public long? Skipped { get; init; }
}
