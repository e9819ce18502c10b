using Semver;

namespace Sandbox.Packages.Node;

/// <summary>A set of versions as npm writes it. Versions before a release belong to it only where it names one of the same release; without a range, all do.</summary>
internal sealed class NodeRange
{
    private readonly SemVersionRange? _range;

    private NodeRange(SemVersionRange? range, SemVersion? exact = null) => (_range, Exact) = (range, exact);

    /// <summary>Every version.</summary>
    public static NodeRange All { get; } = new(null);

    /// <summary>The only version that belongs to it, where it names one; null for any other range.</summary>
    public SemVersion? Exact { get; }

    /// <summary>Reads a range; null if it is none, as tags are not.</summary>
    public static NodeRange? Parse(string text) =>
        !string.IsNullOrWhiteSpace(text) && SemVersionRange.TryParseNpm(text, out var range) ? new NodeRange(range, ExactOf(text)) : null;

    /// <summary>Whether a version belongs to it.</summary>
    public bool Holds(SemVersion version) => _range is null || _range.Contains(version);

    private static SemVersion? ExactOf(string text) =>
        SemVersion.TryParse(text.Trim().TrimStart('=').Trim(), SemVersionStyles.AllowV, out var version) ? version : null;
}
