using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Python;

/// <summary>
/// Reads an index page in HTML (PEP 503, with the attributes of PEP 592), tag by tag: elements within elements within elements
/// would make a tree that takes for ever, and nothing here needs one.
/// </summary>
internal static class PythonHtmlPage
{
    private const string HashPrefix = "sha256=";

    // No file has a longer one, and a page cannot make work by it.
    private const int MaxName = 1024;

    /// <summary>The files on it.</summary>
    public static IReadOnlyList<PythonFile> Read(string package, UpstreamPage page)
    {
        using var tokens = new HtmlTokenizer(new TextSource(new MemoryStream(page.Body), Encoding.UTF8), HtmlEntityProvider.Resolver);
        var files = new List<PythonFile>();
        var (home, link, text) = (page.Address, (HtmlTagToken?)null, new StringBuilder());
        for (var token = tokens.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokens.Get())
        {
            if (token.IsStartTag("base") && Uri.TryCreate(page.Address, Attribute(token.AsTag(), "href"), out var stated))
                home = stated;
            else if (token.IsStartTag("a"))
                (link, text) = (token.AsTag(), text.Clear());
            else if (token.Type == HtmlTokenType.Character && link is not null && text.Length <= MaxName)
                text.Append(token.Data);
            else if (token.Type == HtmlTokenType.EndTag && token.Name == "a" && link is not null)
            {
                if (text.Length <= MaxName && File(package, home, link, text.ToString().Trim()) is { } file)
                    files.Add(file);
                link = null;
            }
        }

        return files;
    }

    private static PythonFile? File(string package, Uri home, HtmlTagToken link, string name)
    {
        var parts = (Attribute(link, "href") ?? "").Trim().Split('#', 2);
        var hash = parts.Length == 2 && parts[1].StartsWith(HashPrefix, StringComparison.Ordinal) ? parts[1][HashPrefix.Length..] : null;
        return PythonFile.Of(package, name, home, parts[0], hash, Attribute(link, "data-requires-python"), Attribute(link, "data-yanked"));
    }

    // An empty one says something else than none.
    private static string? Attribute(HtmlTagToken tag, string name) =>
        tag.Attributes.Where(attribute => attribute.Name == name).Select(attribute => attribute.Value).FirstOrDefault();
}
