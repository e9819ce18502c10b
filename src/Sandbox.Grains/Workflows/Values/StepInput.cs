using System.Text;
using System.Text.Unicode;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Workflows;

namespace Sandbox.Grains.Workflows.Values;

/// <summary>
/// The texts of a step in which values can be named: code, standard input, arguments, variables, contents of files that are text,
/// and artifacts that files are copies of.
/// </summary>
internal static class StepInput
{
    /// <summary>Every text in which something is named, with its path within the step.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(WorkflowStepSpec step)
    {
        var texts = new List<(string, string)>();
        string Note(string path, string text)
        {
            if (StepText.Mentions(text))
                texts.Add((path, text));
            return text;
        }

        Map(step, Note);
        return texts;
    }

    /// <summary>The step with the values in their places.</summary>
    /// <param name="step">The step.</param>
    /// <param name="value">The text of each value.</param>
    public static WorkflowStepSpec With(WorkflowStepSpec step, Func<ValueReference, string> value) =>
        Map(step, (_, text) => StepText.Mentions(text) ? StepText.Parse(text).Text!.With(value) : text);

    private static WorkflowStepSpec Map(WorkflowStepSpec step, Func<string, string, string> map) => step with
    {
        Job = step.Job is { } job ? Map(job, (path, text) => map($"job.{path}", text)) : null,
        Session = step.Session is { } session ? session with { Spec = Map(session.Spec, (path, text) => map($"step.{path}", text)) } : null,
    };

    private static JobSpec Map(JobSpec job, Func<string, string, string> map) => job with
    {
        Code = job.Code is { } code ? map("code", code) : null,
        Stdin = job.Stdin is { } stdin ? map("stdin", stdin) : null,
        Command = job.Command is { } command ? Map(command, "command", map) : null,
        Args = Map(job.Args, "args", map),
        Env = Map(job.Env, map),
        Files = [.. job.Files.Select((file, index) => Map(file, $"files[{index}]", map))],
    };

    private static StepSpec Map(StepSpec step, Func<string, string, string> map) => step with
    {
        Code = step.Code is { } code ? map("code", code) : null,
        Stdin = step.Stdin is { } stdin ? map("stdin", stdin) : null,
        Command = step.Command is { } command ? Map(command, "command", map) : null,
        Env = Map(step.Env, map),
    };

    private static JobFile Map(JobFile file, string path, Func<string, string, string> map)
    {
        if (file.Artifact is { } artifact)
            return file with { Artifact = map($"{path}.artifact", artifact) };
        if (!file.Content.AsSpan().ContainsAny("$"u8) || !Utf8.IsValid(file.Content))
            return file;
        var text = Encoding.UTF8.GetString(file.Content);
        var mapped = map($"{path}.content", text);
        return ReferenceEquals(mapped, text) ? file : file with { Content = Encoding.UTF8.GetBytes(mapped) };
    }

    private static string[] Map(IReadOnlyList<string> texts, string path, Func<string, string, string> map) =>
        [.. texts.Select((text, index) => map($"{path}[{index}]", text))];

    private static IReadOnlyDictionary<string, string> Map(IReadOnlyDictionary<string, string> env, Func<string, string, string> map) =>
        env.Count == 0 ? env : env.ToDictionary(variable => variable.Key, variable => map($"env.{variable.Key}", variable.Value), StringComparer.Ordinal);
}
