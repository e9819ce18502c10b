using System.Text.RegularExpressions;

namespace Sandbox.Grains.Policies;

/// <summary>A package as policies and requests write it: a name, and the range of versions that is meant. Pure.</summary>
/// <param name="Name">The name, in the one form in which names of its ecosystem are compared.</param>
/// <param name="Range">The range, as written; empty for every version.</param>
internal sealed partial record PackageRequirement(string Name, string Range)
{
    /// <summary>Longest text of one.</summary>
    public const int MaxLength = 300;

    private const int LongestNodeName = 214;

    /// <summary>As pip writes it (PEP 508, without extras, markers and addresses): <c>numpy</c>, <c>pandas&gt;=2,&lt;3</c>. Null for anything else.</summary>
    public static PackageRequirement? OfPython(string text)
    {
        if (text.Length > MaxLength || PythonText().Match(text) is not { Success: true } match)
            return null;
        var range = match.Groups["range"].Value;
        var isRange = range.Length == 0 || range.Split(',').All(part => PythonSpecifier().IsMatch(part.Trim()));
        return isRange ? new PackageRequirement(PythonSeparators().Replace(match.Groups["name"].Value, "-").ToLowerInvariant(), range) : null;
    }

    /// <summary>As npm writes it: <c>lodash</c>, <c>@scope/name@^1.2 || 3.x</c>. Tags, files and addresses are none.</summary>
    public static PackageRequirement? OfNode(string text)
    {
        if (text.Length > MaxLength || NodeText().Match(text) is not { Success: true } match || match.Groups["name"].Length > LongestNodeName)
            return null;
        var range = match.Groups["range"].Value;
        return !match.Groups["at"].Success || IsNodeRange(range) ? new PackageRequirement(match.Groups["name"].Value, range) : null;
    }

    private static bool IsNodeRange(string range) =>
        range.Split("||").All(set => NodeHyphenRange().IsMatch(set.Trim())
            || (set.Trim() is { Length: > 0 } all && all.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(part => NodeComparator().IsMatch(part))));

    [GeneratedRegex(@"\A(?<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) *(?<range>[<>=!~].*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PythonText();

    [GeneratedRegex(@"\A(?:~=|==|!=|<=|>=|<|>) *v?(?:[0-9]+!)?[0-9]+(?:\.[0-9]+)*(?:(?:a|b|rc)[0-9]+)?(?:\.post[0-9]+)?(?:\.dev[0-9]+)?(?:\+[a-z0-9.]+)?(?:\.\*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PythonSpecifier();

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant)]
    private static partial Regex PythonSeparators();

    [GeneratedRegex(@"\A(?<name>(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*)(?<at>@(?<range>.*))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeText();

    [GeneratedRegex(@"\A(?:\^|~|>=|<=|>|<|=)?v?(?:\*|x|[0-9]+(?:\.(?:\*|x|[0-9]+)){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeComparator();

    [GeneratedRegex(@"\A[0-9]+(?:\.[0-9]+){0,2} +- +[0-9]+(?:\.[0-9]+){0,2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NodeHyphenRange();
}
