using Sandbox.Packages.Node;
using Sandbox.Packages.Python;

namespace Sandbox.Packages;

/// <summary>Tells whether an entry of a <see cref="PackagePermit"/> can be read.</summary>
public static class PackageEntry
{
    /// <summary>Whether it is a Python package, with version specifiers or without.</summary>
    public static bool IsPython(string entry) => PythonRequirement.TryParse(entry, out _);

    /// <summary>Whether it is a Node package, with a range or without.</summary>
    public static bool IsNode(string entry) => NodeRequirement.TryParse(entry, out _);
}
