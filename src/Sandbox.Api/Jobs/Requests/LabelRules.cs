using Sandbox.Api.Http;
using Sandbox.Api.Sandboxes;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sandboxes;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>What a request names: globs, labels, its isolation class and how often it may start.</summary>
internal static class LabelRules
{
    public static void Check(JobRequest request, RequestErrors errors)
    {
        CheckGlobs(request.Artifacts ?? [], errors);
        SandboxMembers.CheckMetadata(request.Metadata, errors);
        SandboxMembers.CheckIsolation(request.Isolation, errors);
        if (request.Retry?.MaxAttempts is < 1 or > RequestBounds.Attempts)
            errors.Add("retry.maxAttempts", $"Must be from 1 to {RequestBounds.Attempts}.");
    }

    private static void CheckGlobs(IReadOnlyList<string> globs, RequestErrors errors)
    {
        for (var i = 0; i < globs.Count; i++)
        {
            if (errors.Has($"artifacts[{i}]"))
                continue;
            var fault = globs[i].Length > RequestBounds.GlobLength ? $"Is longer than {RequestBounds.GlobLength} characters." : WorkspacePath.Fault(globs[i]);
            if (fault is not null)
                errors.Add($"artifacts[{i}]", fault);
        }
    }
}
