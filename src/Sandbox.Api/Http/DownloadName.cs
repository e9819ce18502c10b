using System.Globalization;

namespace Sandbox.Api.Http;

/// <summary>Names under which browsers save what strangers have named.</summary>
internal static class DownloadName
{
    private const string Otherwise = "artifact";

    /// <summary>The last part of a path; what a shell, a terminal or another file system could misread becomes "_".</summary>
    public static string Of(string path)
    {
        var last = path[(path.LastIndexOf('/') + 1)..];
        var safe = string.Concat(last.Select(static c => IsMisleading(c) ? '_' : c));
        return safe.Trim('.', ' ') is { Length: > 0 } ? safe : Otherwise;
    }

    // Format characters turn the direction of text, and so hide an extension.
    private static bool IsMisleading(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format || "\\\"<>:|?*".Contains(c);
}
