using System.Text.RegularExpressions;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>Names a value of a running workflow: <c>steps.ID.MEMBER</c>, with a path behind <c>result</c>, or <c>memory.KEY</c>.</summary>
/// <param name="Step">The step; null for the workflow's memory.</param>
/// <param name="Member">One of <see cref="ValueMembers"/>, or the key.</param>
/// <param name="Path">Of a result, the members to follow; of artifacts, the name.</param>
internal sealed partial record ValueReference(string? Step, string Member, string Path = "")
{
    private const string StepRule = "names nothing that there is: of a step there is stdout, stderr, result, result.PATH, exitCode, status, jobId and artifacts.NAME";

    /// <summary>Reads what stands between the braces; or what is wrong with it.</summary>
    public static (ValueReference? Reference, string? Fault) Parse(string text)
    {
        if (text.StartsWith("memory.", StringComparison.Ordinal))
        {
            var key = text["memory.".Length..];
            return MemoryKeys.IsValid(key) ? (new ValueReference(null, key), null) : (null, $"'{Shown(text)}' is not memory.KEY, where a key is {MemoryKeys.Rule}");
        }

        var match = StepValue().Match(text);
        if (!match.Success)
            return (null, $"'{Shown(text)}' {StepRule}.");
        var (member, path) = (match.Groups["member"].Value, match.Groups["path"].Value);
        var fits = member switch
        {
            ValueMembers.Result => true,
            ValueMembers.Artifacts => path.Length > 0,
            _ => ValueMembers.Plain.Contains(member) && path.Length == 0,
        };
        return fits ? (new ValueReference(match.Groups["step"].Value, member, path), null) : (null, $"'{Shown(text)}' {StepRule}.");
    }

    /// <inheritdoc/>
    public override string ToString() => Step is null ? $"memory.{Member}" : Path.Length == 0 ? $"steps.{Step}.{Member}" : $"steps.{Step}.{Member}.{Path}";

    private static string Shown(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");

    [GeneratedRegex(@"^steps\.(?<step>[A-Za-z0-9_-]{1,64})\.(?<member>[A-Za-z]+)(\.(?<path>[^\x00-\x1f}]{1,512}))?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex StepValue();
}

/// <summary>What a step has that others can name.</summary>
internal static class ValueMembers
{
    public const string Stdout = "stdout";
    public const string Stderr = "stderr";
    public const string Result = "result";
    public const string ExitCode = "exitCode";
    public const string Status = "status";
    public const string JobId = "jobId";
    public const string Artifacts = "artifacts";

    /// <summary>Those that nothing follows.</summary>
    public static IReadOnlyList<string> Plain { get; } = [Stdout, Stderr, ExitCode, Status, JobId];
}
