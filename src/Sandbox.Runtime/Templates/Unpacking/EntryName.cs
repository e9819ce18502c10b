using System.Text;

namespace Sandbox.Runtime.Templates.Unpacking;

/// <summary>Names in archives: what is let through is a path below the root, and nothing else.</summary>
internal static class EntryName
{
    // What the host's own folders add must still fit into PATH_MAX.
    private const int MaxPathBytes = 3072;
    private const int MaxNameBytes = 255;
    private const int MaxDepth = 128;
    private const int MaxShown = 120;

    /// <summary>The names from the root to the entry; none for the root itself.</summary>
    /// <exception cref="TemplateContentException">It is no path below the root.</exception>
    public static string[] Split(string path)
    {
        if (path.StartsWith('/'))
            throw Refused(path, "is an absolute path");
        if (path.Length > MaxPathBytes || Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            throw Refused(path, $"is longer than {MaxPathBytes} bytes");
        // What was no UTF-8 has been read as this character: two names could have become one.
        if (path.Any(c => char.IsControl(c) || c == '\uFFFD'))
            throw Refused(path, "has a control character or is not UTF-8");
        string[] names = [.. path.Split('/').Where(name => name is not ("" or "."))];
        if (names.Contains(".."))
            throw Refused(path, "leads out of its folder with ..");
        if (names.Length > MaxDepth)
            throw Refused(path, $"is deeper than {MaxDepth} folders");
        if (names.Any(name => Encoding.UTF8.GetByteCount(name) > MaxNameBytes))
            throw Refused(path, $"has a name longer than {MaxNameBytes} bytes");
        return names;
    }

    /// <summary>The failure that an entry is the reason of.</summary>
    public static TemplateContentException Refused(string path, string reason) => new($"The entry '{Shown(path)}' {reason}.");

    /// <summary>A name that a stranger chose, as part of a message for people.</summary>
    public static string Shown(string path)
    {
        var shown = path.Length > MaxShown ? path[..MaxShown] + "…" : path;
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
