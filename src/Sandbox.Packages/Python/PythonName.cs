using System.Text.RegularExpressions;

namespace Sandbox.Packages.Python;

/// <summary>Names of Python packages (PEP 508), compared in their normal form (PEP 503).</summary>
internal static partial class PythonName
{
    private const int MaxLength = 128;

    /// <summary>The normal form; null if it is no name.</summary>
    public static string? Normal(string name) =>
        name.Length is > 0 and <= MaxLength && Name().IsMatch(name) ? Separators().Replace(name, "-").ToLowerInvariant() : null;

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\z")]
    private static partial Regex Name();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
