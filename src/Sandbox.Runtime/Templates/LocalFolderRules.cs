namespace Sandbox.Runtime.Templates;

/// <summary>Which folders of the host may be imported: those below a folder that the configuration names, reached without a link.</summary>
internal static class LocalFolderRules
{
    /// <summary>Why a folder may not be imported; null when it may.</summary>
    public static string? Refuse(string folder, IReadOnlyList<string> allowed)
    {
        if (!Path.IsPathFullyQualified(folder) || folder.Contains('\0') || folder.Split('/').Contains(".."))
            return "It must be an absolute path without '..'.";
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = allowed.Select(entry => Path.TrimEndingDirectorySeparator(Path.GetFullPath(entry)))
            .FirstOrDefault(entry => path == entry || path.StartsWith(entry + "/", StringComparison.Ordinal));
        if (parent is null)
            return "It lies below none of the folders that this installation may import from.";
        for (var step = path; step.Length > parent.Length; step = Path.GetDirectoryName(step)!)
        {
            if (new DirectoryInfo(step).LinkTarget is not null)
                return "Its path goes through a link.";
        }

        return Directory.Exists(path) ? null : "There is no such folder.";
    }
}
