using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions.Steps;

/// <summary>
/// The agent's id of a step's execution: it says all that a process needs that finds it running and knows nothing else of
/// it. Form: <c>step.NUMBER.CONTEXT.LANGUAGE</c>; a command has no language. In a sandbox that was restored with its memory, the
/// agent still knows the steps of the session that was saved: there the names of the new session's steps end with <c>.BRANCH</c>.
/// </summary>
internal readonly record struct StepName(long Sequence, string Context, string? Language, string? Branch)
{
    private const string Prefix = "step";
    private const string CommandPrefix = "command.";

    /// <summary>The id of a step's or a background command's execution. A command is durable before the agent has it: its name says its number alone.</summary>
    public static string ExecIdOf(StepRecord record, string? branch) =>
        record.Background is null ? new StepName(record.Sequence, record.Context, record.Language, branch).ToString() : ExecIdOf(record.Sequence, branch);

    /// <summary>The id of a background command's execution: <c>command.NUMBER</c>, with the branch as that of a step.</summary>
    public static string ExecIdOf(long command, string? branch) =>
        string.Create(CultureInfo.InvariantCulture, $"{CommandPrefix}{command}{(branch is null ? "" : ".")}{branch}");

    /// <summary>Whether an execution is a background command's.</summary>
    public static bool IsCommand(string execId) => execId.StartsWith(CommandPrefix, StringComparison.Ordinal);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{Sequence}.{Context}.{Language}{(Branch is null ? "" : ".")}{Branch}");

    public static bool TryParse(string text, [NotNullWhen(true)] out StepName? name)
    {
        name = null;
        var parts = text.Split('.');
        if (parts is not [Prefix, var number, var context, var language, ..] || parts.Length > 5
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || sequence < 1 || context.Length == 0)
            return false;
        name = new StepName(sequence, context, language.Length > 0 ? language : null, parts.ElementAtOrDefault(4));
        return true;
    }
}
