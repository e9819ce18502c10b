using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>What a request names: globs, labels, its isolation class and how often it may start.</summary>
internal static class LabelRules
{
    public static void Check(JobRequest request, RequestErrors errors)
    {
        CheckGlobs(request.Artifacts ?? [], errors);
        CheckMetadata(request.Metadata ?? EmptyMaps.OfStrings, errors);
        if (request.Isolation is not (null or IsolationClasses.Standard or IsolationClasses.Strong))
            errors.Add("isolation", $"Must be {IsolationClasses.Standard} or {IsolationClasses.Strong}.");
        if (request.Retry?.MaxAttempts is < 1 or > JobBounds.Attempts)
            errors.Add("retry.maxAttempts", $"Must be from 1 to {JobBounds.Attempts}.");
    }

    private static void CheckGlobs(IReadOnlyList<string> globs, RequestErrors errors)
    {
        for (var i = 0; i < globs.Count; i++)
        {
            if (errors.Has($"artifacts[{i}]"))
                continue;
            var fault = globs[i].Length > JobBounds.GlobLength ? $"Is longer than {JobBounds.GlobLength} characters." : WorkspacePath.Fault(globs[i]);
            if (fault is not null)
                errors.Add($"artifacts[{i}]", fault);
        }
    }

    private static void CheckMetadata(IReadOnlyDictionary<string, string> metadata, RequestErrors errors)
    {
        foreach (var (name, value) in metadata)
        {
            if (name.Length is 0 or > JobBounds.LabelName || name.Any(char.IsControl))
                errors.Add($"metadata.{name}", $"A name has 1 to {JobBounds.LabelName} characters, none of them control characters.");
            if (value.Length > JobBounds.LabelValue || value.Contains('\0'))
                errors.Add($"metadata.{name}", $"A value has at most {JobBounds.LabelValue} characters and no NUL.");
        }
    }
}
