using System.Text.RegularExpressions;

namespace Sandbox.Packages.Node;

/// <summary>Names of Node packages, with a scope or without. Capitals are of before 2014, and count.</summary>
internal static partial class NodeName
{
    private const int MaxLength = 214;

    /// <summary>Whether it is one.</summary>
    public static bool IsOne(string name) => name.Length <= MaxLength && Pattern().IsMatch(name);

    /// <summary>The part behind the scope, with which names of its files begin.</summary>
    public static string Unscoped(string name) => name[(name.IndexOf('/') + 1)..];

    [GeneratedRegex(@"^(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*\z")]
    private static partial Regex Pattern();
}
