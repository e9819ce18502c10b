using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Grains.Abstractions.Events;

/// <summary>Which types of events somebody wants: by name, or as <c>job.*</c> all those of a kind.</summary>
public sealed class LifecycleFilter
{
    /// <summary>What a pattern has to be like.</summary>
    public const string Rule = "Must be a type such as job.ended, or all of a kind such as job.*.";

    private const string Everything = "*";
    private const string OfAKind = ".*";

    private LifecycleFilter(IReadOnlyCollection<string> patterns) =>
        Actions = LifecycleTypes.Actions(type => patterns.Count == 0 || patterns.Any(pattern => Matches(pattern, type)));

    /// <summary>Lets everything through.</summary>
    public static LifecycleFilter All { get; } = new([]);

    /// <summary>The actions of the audit record that it lets through.</summary>
    public FrozenSet<string> Actions { get; }

    /// <summary>Makes a filter; without patterns everything passes.</summary>
    /// <param name="patterns">Each a type, <c>kind.*</c>, or <c>*</c>.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="wrong">Place of the first pattern that no type can match.</param>
    public static bool TryParse(IReadOnlyList<string> patterns, [NotNullWhen(true)] out LifecycleFilter? filter, out int wrong)
    {
        wrong = patterns.ToList().FindIndex(static pattern => !LifecycleTypes.All.Any(type => Matches(pattern, type)));
        filter = wrong >= 0 ? null : patterns.Count == 0 ? All : new LifecycleFilter(patterns);
        return filter is not null;
    }

    private static bool Matches(string pattern, string type) =>
        pattern == type || pattern == Everything
        || (pattern.EndsWith(OfAKind, StringComparison.Ordinal) && type.AsSpan(0, type.IndexOf('.', StringComparison.Ordinal)).SequenceEqual(pattern.AsSpan(0, pattern.Length - OfAKind.Length)));
}
