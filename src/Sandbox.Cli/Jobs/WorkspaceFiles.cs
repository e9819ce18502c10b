using Sandbox.Cli.Server;

namespace Sandbox.Cli.Jobs;

/// <summary>Reads the files that <c>--file</c> names and decides where they go in the workspace.</summary>
internal static class WorkspaceFiles
{
    public static IReadOnlyList<FileRequest>? Read(IReadOnlyList<string> options) =>
        options.Count == 0 ? null : [.. options.Select(Read)];

    private static FileRequest Read(string option)
    {
        var (name, path) = Split(option);
        try
        {
            return new FileRequest { Path = name, ContentBase64 = File.ReadAllBytes(path) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(Directory.Exists(path) ? $"--file {path}: is a folder; name its files." : $"--file {path}: {e.Message}");
        }
    }

    /// <summary><c>NAME=PATH</c>, or a path that names the file in the workspace as well.</summary>
    private static (string Name, string Path) Split(string option)
    {
        var sign = option.IndexOf('=', StringComparison.Ordinal);
        if (sign > 0 && !File.Exists(option))
            return (option[..sign], option[(sign + 1)..]);

        // A path that leads out of the current folder has no place in the workspace: only its last part has.
        var relative = Path.GetRelativePath(".", option);
        var inside = !Path.IsPathRooted(option) && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal);
        return (inside ? relative : Path.GetFileName(option), option);
    }
}
