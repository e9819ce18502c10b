using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// What the input of a step may be when the values are in it: the bounds that requests are held to before, because a value can be
/// of any size and hold anything.
/// </summary>
internal static class StepInputBounds
{
    /// <summary>Longest single argument or variable (Linux' MAX_ARG_STRLEN, less its end), in bytes.</summary>
    private const int LongestArgument = 128 * 1024 - 1;

    private const int ArgumentsTogether = 1024 * 1024;

    /// <summary>Why a step cannot begin so; null where it can.</summary>
    /// <param name="step">The step, with its values.</param>
    /// <param name="mostBytes">Most bytes of all its texts and files.</param>
    public static StepOutcome? Refuse(WorkflowStepSpec step, long mostBytes)
    {
        var (arguments, texts) = (ArgumentsOf(step).ToList(), TextsOf(step));
        if (arguments.Exists(static argument => argument.Contains('\0')))
            return StepOutcome.Impossible(WorkflowCauses.InputInvalid, "An argument or variable has a NUL in it.");
        var lengths = arguments.ConvertAll(static argument => (long)System.Text.Encoding.UTF8.GetByteCount(argument));
        if (lengths.Exists(static length => length > LongestArgument) || lengths.Sum() > ArgumentsTogether)
            return StepOutcome.Impossible(WorkflowCauses.InputTooLarge, $"An argument or variable is longer than {LongestArgument} bytes, or all together than {ArgumentsTogether}: hand it over as stdin or a file.");
        return lengths.Sum() + texts > mostBytes
            ? StepOutcome.Impossible(WorkflowCauses.InputTooLarge, $"With the values in it the input is larger than {mostBytes} bytes.")
            : null;
    }

    private static IEnumerable<string> ArgumentsOf(WorkflowStepSpec step) => step switch
    {
        { Job: JobSpec job } => (job.Command ?? []).Concat(job.Args).Concat(job.Env.Values),
        { Session.Spec: StepSpec spec } => (spec.Command ?? []).Concat(spec.Env.Values),
        _ => [],
    };

    private static long TextsOf(WorkflowStepSpec step) => step switch
    {
        { Job: JobSpec job } => Length(job.Code) + Length(job.Stdin) + job.Files.Sum(static file => (long)file.Content.Length),
        { Session.Spec: StepSpec spec } => Length(spec.Code) + Length(spec.Stdin),
        _ => 0,
    };

    private static long Length(string? text) => text is null ? 0 : System.Text.Encoding.UTF8.GetByteCount(text);
}
