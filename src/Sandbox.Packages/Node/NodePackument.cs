using System.Text.Json;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Node;

/// <summary>What the registry knows of a package, as far as it can be offered.</summary>
/// <param name="Document">All that it says.</param>
/// <param name="Releases">The versions that can be offered, in the registry's order.</param>
internal sealed record NodePackument(JsonElement Document, IReadOnlyList<NodeRelease> Releases)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads one.</summary>
    /// <exception cref="UpstreamException">It is none, or another package's.</exception>
    public static NodePackument Read(string package, UpstreamPage page)
    {
        try
        {
            // It lives as long as somebody uses it, so that its memory is not given back by hand.
            var document = JsonDocument.Parse(page.Body, Strict).RootElement;
            RequireText(document);
            if (document.GetProperty("name").GetString() != package)
                throw new UpstreamException("the registry answers with another package");
            var versions = document.TryGetProperty("versions", out var all) ? all.EnumerateObject().Select(version => NodeRelease.Of(page.Address, version)) : [];
            return new NodePackument(document, [.. versions.OfType<NodeRelease>()]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UpstreamException("the registry answers with something else than a package", e);
        }
    }

    // Half a character, written as an escape, is found only when it is used: better now than in the middle of an answer.
    private static void RequireText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            _ = element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                RequireText(item);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                _ = property.Name;
                RequireText(property.Value);
            }
        }
    }
}
