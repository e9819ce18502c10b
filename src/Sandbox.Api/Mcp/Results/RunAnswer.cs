using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using Sandbox.Api.Artifacts;
using Sandbox.Api.Jobs;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Resources;
using Sandbox.Api.Mcp.Schemas;
using Sandbox.Api.Output;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;

namespace Sandbox.Api.Mcp.Results;

/// <summary>Makes answers of what steps and jobs came to.</summary>
internal static class RunAnswer
{
    public static CallToolResult Of(StepView step)
    {
        var shown = new ShownResults(step.Results.Select(JsonValue.Parse));
        var error = step.Error is { } json ? JsonValue.Parse(json) : default;
        var run = new CodeRun
        {
            Status = step.Status == StepStatus.TimedOut ? "timed_out" : step.Status.ToString().ToLowerInvariant(),
            Cause = step.Cause,
            ExitCode = step.ExitCode,
            Signal = step.Signal,
            Stdout = Head(step.Stdout),
            Stderr = Head(step.Stderr),
            StdoutTruncated = step.StdoutTruncated || IsLong(step.Stdout),
            StderrTruncated = step.StderrTruncated || IsLong(step.Stderr),
            Results = shown.Items,
            MainResult = shown.Main(step.MainResult),
            Error = error.ValueKind == JsonValueKind.Undefined ? default : ShownResults.Bounded(error),
            SessionId = step.SessionId,
            Step = step.Sequence,
            KernelEnded = step.KernelEnded,
            FreshKernel = step.FreshKernel,
            Artifacts = [.. step.Artifacts.Select(Artifact.From)],
        };
        return Answer(run with { Next = NextOf(run, step.Ended, shown.IsCut || IsLongError(error)) }, shown.Images);
    }

    public static CallToolResult Of(JobView job)
    {
        var shown = new ShownResults(job.Result is { } value ? [WithType(value)] : []);
        var run = new CodeRun
        {
            Status = job.Status == JobStatus.TimedOut ? "timed_out" : job.Status.ToString().ToLowerInvariant(),
            Cause = job.Cause,
            ExitCode = job.ExitCode,
            Signal = job.Signal,
            Stdout = Head(job.Stdout),
            Stderr = Head(job.Stderr),
            StdoutTruncated = job.StdoutTruncated || IsLong(job.Stdout),
            StderrTruncated = job.StderrTruncated || IsLong(job.Stderr),
            Results = shown.Items,
            MainResult = shown.Items.Count > 0 ? 0 : null,
            JobId = job.Id,
            Artifacts = [.. job.Artifacts.Select(Artifact.From)],
            SkippedArtifacts = job.SkippedArtifacts.Count > 0 ? job.SkippedArtifacts : null,
        };
        return Answer(run with { Next = NextOf(run, job.HasEnded, shown.IsCut) }, shown.Images);
    }

    /// <summary>Links to artifacts.</summary>
    public static IEnumerable<ContentBlock> Links(IEnumerable<Artifact> artifacts) => artifacts.Select(static artifact => new ResourceLinkBlock
    {
        Uri = ResourceUri.OfArtifact(artifact.Id),
        Name = artifact.Name,
        MimeType = artifact.ContentType,
        Size = artifact.SizeBytes,
    });

    private static CallToolResult Answer(CodeRun run, IEnumerable<ContentBlock> images) => ToolAnswer.Of(run, images.Concat(Links(run.Artifacts)));

    private static JsonElement WithType(string json) =>
        JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["application/json"] = JsonValue.Parse(json) }, McpJson.Default.DictionaryStringJsonElement);

    // What is shown of a stream that is cut; a character in two halves is not cut within.
    private static int Shown(bool isCut, string text) => isCut ? text.Length : ToolBounds.OutputCharacters;

    private static bool IsLongError(JsonElement error) => error.ValueKind != JsonValueKind.Undefined && error.GetRawText().Length > ToolBounds.ResultCharacters;

    private static bool IsLong(string? text) => text?.Length > ToolBounds.OutputCharacters;

    private static string Head(string? text) => text is null ? string.Empty : IsLong(text) ? TextParts.Cut(text, 0, ToolBounds.OutputCharacters) : text;

    private static string? NextOf(CodeRun run, bool hasEnded, bool isCut)
    {
        var text = new StringBuilder();
        var handle = run.JobId is { } job ? $"jobId {job}" : $"sessionId {run.SessionId} and step {run.Step}";
        if (!hasEnded)
        {
            text.Append(run.JobId is null
                ? $"It still runs: call get_step with {handle} to wait for its end, or interrupt_step to stop it. "
                : $"It still runs: call get_job with {handle} to wait for its end, or cancel_job to stop it. ");
        }

        if (run.StdoutTruncated || run.StderrTruncated)
            text.Append($"Only the beginning of the output is shown: call read_output with {handle}, stream and from={Math.Min(Shown(run.StdoutTruncated, run.Stdout), Shown(run.StderrTruncated, run.Stderr))} for the rest; longer streams are whole in the artifacts. ");
        if (isCut)
            text.Append("Some results were too large and are cut or left out: save them to a file and use read_file. ");
        if (run.KernelEnded == true && hasEnded)
            text.Append("The interpreter ended with this step: variables of this context are gone, files are not. ");
        return text.Length == 0 ? null : text.ToString().TrimEnd();
    }
}
