using System.Text.RegularExpressions;

namespace Sandbox.Packages.Python;

/// <summary>A package and some of its versions, as PEP 508 writes it: extras are read over, markers and addresses are not for policies.</summary>
internal sealed partial record PythonRequirement(string Name, PythonRange Range)
{
    private const int MaxLength = 1024;

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PythonRequirement? requirement)
    {
        requirement = null;
        if (text.Length > MaxLength || Pattern().Match(text) is not { Success: true } match || PythonName.Normal(match.Groups["name"].Value) is not { } name)
            return false;
        var specifiers = match.Groups["specifiers"].Value.Trim();
        if (specifiers.StartsWith('(') && specifiers.EndsWith(')'))
            specifiers = specifiers[1..^1];
        if (PythonRange.Parse(specifiers) is not { } range)
            return false;
        requirement = new PythonRequirement(name, range);
        return true;
    }

    /// <summary>The package of a dependency, whatever else stands there; null if there is none.</summary>
    public static string? NameOf(string dependency) =>
        dependency.Length <= MaxLength && Pattern().Match(dependency) is { Success: true } match ? PythonName.Normal(match.Groups["name"].Value) : null;

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z0-9._-]*[A-Za-z0-9])\s*(?:\[[A-Za-z0-9._,\s-]*\])?(?<specifiers>.*)\z", RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
