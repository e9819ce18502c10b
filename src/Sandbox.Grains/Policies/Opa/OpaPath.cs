using System.Text.RegularExpressions;

namespace Sandbox.Grains.Policies.Opa;

/// <summary>What an Open Policy Agent is asked, as a path below its data: names, and nothing that an address could be led elsewhere by.</summary>
internal static partial class OpaPath
{
    /// <summary>What a path has to be like.</summary>
    public const string Rule = "has at most 200 characters: names of letters, digits, _ and -, separated by /";

    private const int MaxLength = 200;

    /// <summary>Whether a text is such a path.</summary>
    public static bool IsValid(string? path) => path is { Length: <= MaxLength } && Names().IsMatch(path);

    [GeneratedRegex("^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\\z")]
    private static partial Regex Names();
}
