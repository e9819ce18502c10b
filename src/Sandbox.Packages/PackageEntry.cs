using Sandbox.Packages.Node;
using Sandbox.Packages.Python;

namespace Sandbox.Packages;

/// <summary>What can be said of an entry of a <see cref="PackagePermit"/> without an index.</summary>
public static class PackageEntry
{
    /// <summary>Whether it is a Python package, with version specifiers or without.</summary>
    public static bool IsPython(string entry) => PythonRequirement.TryParse(entry, out _);

    /// <summary>Whether it is a Node package, with a range or without.</summary>
    public static bool IsNode(string entry) => NodeRequirement.TryParse(entry, out _);

    /// <summary>
    /// Whether an entry for a Python package may hold what is asked for of the same package. That one exact version is not held is known
    /// here; what a range comes to is known only where it is known which versions there are.
    /// </summary>
    public static bool MayHoldPython(string entry, string asked) =>
        !PythonRequirement.TryParse(asked, out var wanted) || wanted.Range.Exact is not { } version
        || !PythonRequirement.TryParse(entry, out var held) || held.Range.MayHold(version);

    /// <inheritdoc cref="MayHoldPython"/>
    public static bool MayHoldNode(string entry, string asked) =>
        !NodeRequirement.TryParse(asked, out var wanted) || wanted.Range.Exact is not { } version
        || !NodeRequirement.TryParse(entry, out var held) || held.Range.Holds(version);
}
