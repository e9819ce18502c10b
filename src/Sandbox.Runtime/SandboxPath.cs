using System.Text;
using Sandbox.Runtime.Languages;

namespace Sandbox.Runtime;

/// <summary>Paths inside a sandbox, as callers say them: absolute, or relative to the workspace.</summary>
public static class SandboxPath
{
    /// <summary>Longest path, in bytes of UTF-8.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Longest name in a path, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>
    /// The absolute path, without empty names and <c>.</c>; null where it is none: with <c>..</c>, a zero byte, half of a
    /// surrogate pair, or too long. Whether there is anything is not looked at. The empty path is the workspace.
    /// </summary>
    public static string? Resolve(string path)
    {
        string whole = path.StartsWith('/') ? path : $"{SandboxEnvironment.Workspace}/{path}";
        string[] names = whole.Length > MaxBytes ? [] : [.. whole.Split('/').Where(name => name is not ("" or "."))];
        bool sound = whole.Length <= MaxBytes
            && !whole.Contains('\0')
            && IsWellFormed(whole)
            && Encoding.UTF8.GetByteCount(whole) <= MaxBytes
            && names.All(name => name != ".." && Encoding.UTF8.GetByteCount(name) <= MaxNameBytes);
        return sound ? "/" + string.Join('/', names) : null;
    }

    // Half of a surrogate pair has no UTF-8.
    private static bool IsWellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
