namespace Sandbox.Api.Dashboard.Grains;

/// <summary>A grain that is in memory.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Key">Its key.</param>
/// <param name="Silo">Name of the process that it is in.</param>
public sealed record LiveGrain(string Type, string Key, string Silo)
{
    /// <summary>Text by which lists are ordered and go on.</summary>
    internal string Place => $"{Type}/{Key}";
}

/// <summary>How many grains there are of something.</summary>
/// <param name="Name">A type, or the name of a process.</param>
/// <param name="Count">How many.</param>
public sealed record GrainCount(string Name, int Count);

/// <summary>A page of the grains in memory, and what there is in all.</summary>
public sealed record LiveGrainList
{
    /// <summary>The grains.</summary>
    public required IReadOnlyList<LiveGrain> Items { get; init; }

    /// <summary>All of them, by type, most first.</summary>
    public required IReadOnlyList<GrainCount> Types { get; init; }

    /// <summary>All of them, by process.</summary>
    public required IReadOnlyList<GrainCount> Silos { get; init; }

    /// <summary>How many match what was asked for.</summary>
    public required int Matching { get; init; }

    /// <summary>Where the next page begins; null on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>Which grains are wanted. Members that are null let every one pass.</summary>
/// <param name="Type">Of this type.</param>
/// <param name="Silo">In this process.</param>
/// <param name="Text">With this text in their key.</param>
/// <param name="After">After this place.</param>
/// <param name="Limit">Most of a page.</param>
internal sealed record GrainSearch(string? Type, string? Silo, string? Text, string? After, int Limit)
{
    /// <summary>Makes the page from all grains that are in memory.</summary>
    public LiveGrainList Select(IReadOnlyCollection<LiveGrain> all)
    {
        var matching = all.Where(Matches).OrderBy(static grain => grain.Place, StringComparer.Ordinal).ToList();
        var page = matching.Where(grain => After is null || string.CompareOrdinal(grain.Place, After) > 0).Take(Limit + 1).ToList();
        return new LiveGrainList
        {
            Items = page[..Math.Min(Limit, page.Count)],
            Types = Count(all, static grain => grain.Type),
            Silos = Count(all, static grain => grain.Silo),
            Matching = matching.Count,
            NextCursor = page.Count > Limit ? page[Limit - 1].Place : null,
        };
    }

    private bool Matches(LiveGrain grain) =>
        (Type is null || grain.Type == Type) && (Silo is null || grain.Silo == Silo)
        && (Text is null || grain.Key.Contains(Text, StringComparison.OrdinalIgnoreCase));

    private static List<GrainCount> Count(IEnumerable<LiveGrain> all, Func<LiveGrain, string> by) =>
        [.. all.CountBy(by).Select(static part => new GrainCount(part.Key, part.Value)).OrderByDescending(static part => part.Count).ThenBy(static part => part.Name, StringComparer.Ordinal)];
}
