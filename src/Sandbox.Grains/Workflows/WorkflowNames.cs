using System.Text.RegularExpressions;

namespace Sandbox.Grains.Workflows;

/// <summary>What names within a workflow can be.</summary>
internal static partial class WorkflowNames
{
    /// <summary>What the name of a step or session is.</summary>
    public const string StepRule = "1 to 64 characters of A-Z, a-z, 0-9, _ and -.";

    public static bool IsStep(string text) => Step().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
