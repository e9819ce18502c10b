using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Python;

/// <summary>Reads an index page in HTML (PEP 503, with the attributes of PEP 592).</summary>
internal static class PythonHtmlPage
{
    private const string HashPrefix = "sha256=";

    /// <summary>The files on it.</summary>
    public static IReadOnlyList<PythonFile> Read(string package, UpstreamPage page)
    {
        using var document = new HtmlParser().ParseDocument(new MemoryStream(page.Body));
        var home = Uri.TryCreate(page.Address, document.QuerySelector("base")?.GetAttribute("href") ?? "", out var stated) ? stated : page.Address;
        return [.. document.QuerySelectorAll("a[href]").Select(link => File(package, home, link)).OfType<PythonFile>()];
    }

    private static PythonFile? File(string package, Uri home, IElement link)
    {
        var parts = link.GetAttribute("href")!.Trim().Split('#', 2);
        var hash = parts.Length == 2 && parts[1].StartsWith(HashPrefix, StringComparison.Ordinal) ? parts[1][HashPrefix.Length..] : null;
        return PythonFile.Of(package, link.TextContent.Trim(), home, parts[0], hash, link.GetAttribute("data-requires-python"), link.GetAttribute("data-yanked"));
    }
}
