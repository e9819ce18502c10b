using System.Diagnostics.CodeAnalysis;

namespace Sandbox.Packages.Node;

/// <summary>A package and some of its versions: <c>lodash</c>, <c>@scope/name@^1.2 || 3.x</c>.</summary>
internal sealed record NodeRequirement(string Name, NodeRange Range)
{
    private const int MaxLength = 1024;

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NodeRequirement? requirement)
    {
        requirement = null;
        text = text.Trim();
        if (text.Length is 0 or > MaxLength)
            return false;
        // The first character may be the sign of a scope.
        var at = text.IndexOf('@', 1);
        var name = at < 0 ? text : text[..at];
        var range = at < 0 ? NodeRange.All : NodeRange.Parse(text[(at + 1)..]);
        if (range is null || !NodeName.IsOne(name))
            return false;
        requirement = new NodeRequirement(name, range);
        return true;
    }

    /// <summary>The package that a dependency is about; null if the registry has no part in it.</summary>
    /// <param name="name">Under which name it is wanted.</param>
    /// <param name="wanted">Which version, or which package instead: <c>npm:other@1</c>.</param>
    public static string? NameOf(string name, string? wanted)
    {
        const string alias = "npm:";
        if (wanted?.StartsWith(alias, StringComparison.Ordinal) == true && wanted.Length > alias.Length)
        {
            var other = wanted[alias.Length..];
            var at = other.IndexOf('@', 1);
            name = at < 0 ? other : other[..at];
        }

        return NodeName.IsOne(name) ? name : null;
    }
}
