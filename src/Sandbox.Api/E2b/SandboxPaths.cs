namespace Sandbox.Api.E2b;

/// <summary>
/// Where E2B's clients find the user's files. The home of the user is the workspace under another name: by it paths come and go here, and a
/// link of this name leads there inside of the sandbox.
/// </summary>
internal static class SandboxPaths
{
    /// <summary>The home, as clients call it.</summary>
    public const string Home = "/home/user";

    private const string Workspace = "/workspace";

    /// <summary>An absolute path as clients call it, of one that may be relative to the home.</summary>
    public static string Absolute(string? path)
    {
        var whole = path switch
        {
            null or "" or "." or "~" => Home,
            _ when path.StartsWith("~/", StringComparison.Ordinal) => $"{Home}/{path[2..]}",
            ['/', ..] => path,
            _ => $"{Home}/{path}",
        };
        var parts = new List<string>();
        foreach (var part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or ".."))
                parts.Add(part);
        }

        return ToClient($"/{string.Join('/', parts)}");
    }

    /// <summary>The path inside of the sandbox of an absolute one of a client.</summary>
    public static string ToSandbox(string absolute) => Replace(absolute, Home, Workspace);

    /// <summary>What a client calls an absolute path inside.</summary>
    public static string ToClient(string inside) => Replace(inside, Workspace, Home);

    public static string NameOf(string absolute) => absolute[(absolute.LastIndexOf('/') + 1)..];

    public static string ParentOf(string absolute) => absolute.LastIndexOf('/') is > 0 and var slash ? absolute[..slash] : "/";

    private static string Replace(string path, string from, string to) =>
        path == from ? to : path.StartsWith($"{from}/", StringComparison.Ordinal) ? to + path[from.Length..] : path;
}
