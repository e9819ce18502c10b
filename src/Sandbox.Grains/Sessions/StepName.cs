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

    /// <summary>The id of a step's or a background command's execution. A command is durable before the agent has it: its name says its number alone.</summary>
    public static string ExecIdOf(StepRecord record) => record.Background is null ? Of(record).ToString() : ExecIdOf(record.Sequence);

    /// <summary>The id of a background command's execution.</summary>
    public static string ExecIdOf(long command) => string.Create(CultureInfo.InvariantCulture, $"command.{command}");

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
