namespace Sandbox.Packages;

/// <summary>Which packages may be installed.</summary>
/// <param name="Python">Names, with PEP 440 version specifiers or without: <c>numpy</c>, <c>pandas&gt;=2,&lt;3</c>. A name alone permits every version.</param>
/// <param name="Node">Names, with a range as npm writes it or without: <c>lodash</c>, <c>@scope/name@^1.2 || 3.x</c>. A name alone permits every version.</param>
/// <param name="DependenciesOfAllowed">
/// What served packages declare as their dependencies is permitted too, in every version, unless an entry names it: then that entry decides.
/// </param>
public sealed record PackagePermit(IReadOnlyList<string> Python, IReadOnlyList<string> Node, bool DependenciesOfAllowed);
