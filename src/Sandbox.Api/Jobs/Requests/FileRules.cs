using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Jobs.Requests;

/// <summary>Files of a request: inside the workspace, each path once, each with one content.</summary>
internal static class FileRules
{
    public static void Check(IReadOnlyList<JobFileRequest>? files, RequestErrors errors, bool mayNameValues = false)
    {
        if (files is null)
            return;
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < files.Count && !errors.Full; i++)
        {
            CheckContent(files[i], $"files[{i}]", mayNameValues, errors);
            CheckPath(files[i].Path, $"files[{i}]", paths, errors);
        }
        CheckFolders(files, paths, errors);
    }

    private static void CheckContent(JobFileRequest file, string at, bool mayNameValues, RequestErrors errors)
    {
        if (errors.Has(at) || errors.Has($"{at}.content") || errors.Has($"{at}.contentBase64") || errors.Has($"{at}.artifact"))
            return;
        if (file.Content is null && file.ContentBase64 is null && file.Artifact is null)
            errors.Add($"{at}.content", "Either content, contentBase64 or artifact is required.");
        if (file.Content is not null && file.ContentBase64 is not null)
            errors.Add($"{at}.contentBase64", "Only one of content, contentBase64 and artifact may be given.");
        if (file.Artifact is not null && (file.Content ?? (object?)file.ContentBase64) is not null)
            errors.Add($"{at}.artifact", "Only one of content, contentBase64 and artifact may be given.");
        else if (file.Artifact is not null && !ArtifactId.TryParse(file.Artifact, out _) && !(mayNameValues && file.Artifact.StartsWith("${", StringComparison.Ordinal)))
            errors.Add($"{at}.artifact", "Is not the id of an artifact.");
    }

    private static void CheckPath(string? path, string at, HashSet<string> paths, RequestErrors errors)
    {
        if (errors.Has(at) || errors.Has($"{at}.path"))
            return;
        var fault = path is null ? "Is required." : WorkspacePath.Fault(path);
        if (fault is not null)
            errors.Add($"{at}.path", fault);
        else if (!paths.Add(path!))
            errors.Add($"{at}.path", "Is the path of an earlier file too.");
    }

    private static void CheckFolders(IReadOnlyList<JobFileRequest> files, HashSet<string> paths, RequestErrors errors)
    {
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Path is not { } path || errors.Has($"files[{i}].path"))
                continue;
            for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (!paths.Contains(path[..slash]))
                    continue;
                errors.Add($"files[{i}].path", "Lies in a folder that another file has the path of.");
                break;
            }
        }
    }
}
