using Sandbox.Packages.Node;
using Sandbox.Packages.Python;

namespace Sandbox.Packages.Permits;

/// <summary>A permit that has been read.</summary>
internal sealed record PackageAllowance(Allowance<PythonRange> Python, Allowance<NodeRange> Node)
{
    /// <summary>Reads a permit.</summary>
    /// <exception cref="FormatException">An entry cannot be read.</exception>
    public static PackageAllowance Of(PackagePermit permit) => new(
        new Allowance<PythonRange>(
            permit.Python.Select(entry => PythonRequirement.TryParse(entry, out var read) ? (read.Name, read.Range) : throw Unreadable("Python", entry)),
            permit.DependenciesOfAllowed),
        new Allowance<NodeRange>(
            permit.Node.Select(entry => NodeRequirement.TryParse(entry, out var read) ? (read.Name, read.Range) : throw Unreadable("Node", entry)),
            permit.DependenciesOfAllowed));

    private static FormatException Unreadable(string kind, string entry) => new($"\"{entry}\" names no {kind} package.");
}
