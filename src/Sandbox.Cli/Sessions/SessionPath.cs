using System.Text.RegularExpressions;
using Sandbox.Cli.Server;

namespace Sandbox.Cli.Sessions;

/// <summary>A path inside a session, written <c>ID:PATH</c>.</summary>
internal sealed partial record SessionPath(string Session, string Path)
{
    /// <summary>Reads one; null for a local path. A local file of such a name is written with <c>./</c> before it.</summary>
    public static SessionPath? Parse(string text) =>
        Form().Match(text) is { Success: true } match ? new SessionPath(match.Groups[1].Value, text[match.Length..]) : null;

    /// <summary>The path of the file: with this name in it where the path is a folder's.</summary>
    public string ForFile(string? name)
    {
        if (Path.Length > 0 && !Path.EndsWith('/'))
            return Path;
        return string.IsNullOrEmpty(name) ? throw new CliException($"{Session}:{Path} names no file.") : Path + name;
    }

    [GeneratedRegex("^(ses_[a-z0-9]+):")]
    private static partial Regex Form();
}
