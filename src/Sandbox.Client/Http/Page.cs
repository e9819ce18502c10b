namespace Sandbox.Client;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">Type of the entries.</typeparam>
public sealed record Page<T>
{
    /// <summary>The entries, in the order of the list.</summary>
    public IReadOnlyList<T> Items { get => field ?? []; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }
}
