using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Grains.Sessions;

/// <summary>
/// The agent's id of a step's execution: it says all that a process needs that finds it running and knows nothing else of
/// it. Form: <c>step.NUMBER.CONTEXT.LANGUAGE</c>; a command has no language.
/// </summary>
internal readonly record struct StepName(long Sequence, string Context, string? Language)
{
    private const string Prefix = "step";

    public static StepName Of(StepRecord step) => new(step.Sequence, step.Context, step.Language);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}.{Sequence}.{Context}.{Language}");

    public static bool TryParse(string text, [NotNullWhen(true)] out StepName? name)
    {
        name = null;
        if (text.Split('.') is not [Prefix, var number, var context, var language]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || sequence < 1 || context.Length == 0)
            return false;
        name = new StepName(sequence, context, language.Length > 0 ? language : null);
        return true;
    }
}
