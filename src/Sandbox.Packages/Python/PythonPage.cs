using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Sandbox.Packages.Python;

/// <summary>Writes an index page as pip asks for it: JSON (PEP 691) or HTML (PEP 503). Neither offers metadata apart from files (PEP 658).</summary>
internal static class PythonPage
{
    /// <summary>The page.</summary>
    /// <param name="package">The package.</param>
    /// <param name="files">What is on it.</param>
    /// <param name="accept">What the client can read.</param>
    /// <param name="address">Where a file is at the gateway.</param>
    public static PackageAnswer Write(string package, IReadOnlyList<PythonFile> files, string accept, Func<PythonFile, string> address) => Prefers(accept)
        ? PackageAnswer.Page(PythonPageTypes.Json, Json(package, files, address))
        : PackageAnswer.Page("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Html(package, files, address)));

    // Whether JSON is liked at least as much as HTML. Who does not say is old, and reads HTML.
    private static bool Prefers(string accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([accept], out var types))
            return false;
        double json = 0, html = 0;
        foreach (var type in types)
        {
            if (type.MediaType.Equals(PythonPageTypes.Json, StringComparison.OrdinalIgnoreCase))
                json = Math.Max(json, type.Quality ?? 1);
            else
                html = Math.Max(html, type.Quality ?? 1);
        }

        return json > 0 && json >= html;
    }

    private static ReadOnlyMemory<byte> Json(string package, IReadOnlyList<PythonFile> files, Func<PythonFile, string> address) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
    {
        ["meta"] = new Dictionary<string, string> { ["api-version"] = "1.0" },
        ["name"] = package,
        ["files"] = files.Select(file => new Dictionary<string, object?>
        {
            ["filename"] = file.Name,
            ["url"] = address(file),
            ["hashes"] = new Dictionary<string, string> { ["sha256"] = file.Hash.Hex },
            ["requires-python"] = file.RequiresPython,
            ["yanked"] = file.Yanked switch { null => false, "" => true, var reason => reason },
        }),
    });

    private static string Html(string package, IReadOnlyList<PythonFile> files, Func<PythonFile, string> address)
    {
        var page = new StringBuilder($"<!DOCTYPE html>\n<html><head><meta name=\"pypi:repository-version\" content=\"1.0\"><title>Links for {package}</title></head><body>\n");
        foreach (var file in files)
        {
            page.Append($"<a href=\"{WebUtility.HtmlEncode(address(file))}#sha256={file.Hash.Hex}\"");
            if (file.RequiresPython is { } requires)
                page.Append($" data-requires-python=\"{WebUtility.HtmlEncode(requires)}\"");
            if (file.Yanked is { } yanked)
                page.Append($" data-yanked=\"{WebUtility.HtmlEncode(yanked)}\"");
            page.Append($">{WebUtility.HtmlEncode(file.Name)}</a><br>\n");
        }

        return page.Append("</body></html>\n").ToString();
    }
}
