namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>Paths inside a sandbox, as text: absolute, or relative to its workspace, whose own path is empty.</summary>
internal static class FolderPath
{
    public static string Join(string folder, string name) => folder.Length == 0 || name.StartsWith('/') ? name : folder.EndsWith('/') ? folder + name : $"{folder}/{name}";

    /// <summary>The folder that a path is in.</summary>
    public static string Around(string path) => path.LastIndexOf('/') switch
    {
        < 0 => string.Empty,
        0 => "/",
        var at => path[..at],
    };

    /// <summary>The folders that lead to a path, from the workspace or the root on, each with its whole path; the path itself is the last.</summary>
    public static IReadOnlyList<(string Name, string Path)> Trail(string path)
    {
        var isAbsolute = path.StartsWith('/');
        var trail = new List<(string Name, string Path)> { isAbsolute ? ("/", "/") : ("workspace", string.Empty) };
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            trail.Add((name, Join(trail[^1].Path, name)));
        return trail;
    }

    /// <summary>Whether an entry of a folder can be named: one whose name is no text cannot.</summary>
    public static bool CanBeNamed(string name) => !name.Contains('\uFFFD');
}
