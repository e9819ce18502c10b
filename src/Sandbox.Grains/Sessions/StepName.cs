using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The agent's id of a step's execution: it says all that a process needs that finds it running and knows nothing else of
/// it. Form: <c>step.NUMBER.CONTEXT.LANGUAGE</c>; a command has no language. In a sandbox that was restored with its memory, the
/// agent still knows the steps of the session that was saved: there the names of the new session's steps end with <c>.BRANCH</c>.
/// </summary>
internal readonly record struct StepName(long Sequence, string Context, string? Language, string? Branch)
{
    private const string Prefix = "step";

    public static StepName Of(StepRecord step, string? branch) => new(step.Sequence, step.Context, step.Language, branch);

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
