using System.Text.Json;
using Sandbox.Packages.Upstream;

namespace Sandbox.Packages.Python;

/// <summary>Reads an index page in JSON (PEP 691).</summary>
internal static class PythonJsonPage
{
    /// <summary>The files on it.</summary>
    /// <exception cref="UpstreamException">It is no such page.</exception>
    public static IReadOnlyList<PythonFile> Read(string package, UpstreamPage page)
    {
        try
        {
            using var document = JsonDocument.Parse(page.Body);
            return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(file => File(package, page.Address, file)).OfType<PythonFile>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new UpstreamException("the index page is not what PEP 691 says", e);
        }
    }

    private static PythonFile? File(string package, Uri page, JsonElement file) => PythonFile.Of(
        package,
        file.GetProperty("filename").GetString() ?? "",
        page,
        file.GetProperty("url").GetString(),
        file.TryGetProperty("hashes", out var hashes) && hashes.TryGetProperty("sha256", out var hash) ? hash.GetString() : null,
        file.TryGetProperty("requires-python", out var requires) ? requires.GetString() : null,
        file.TryGetProperty("yanked", out var yanked) ? Yanked(yanked) : null);

    private static string? Yanked(JsonElement yanked) => yanked.ValueKind switch
    {
        JsonValueKind.True => "",
        JsonValueKind.String => yanked.GetString(),
        _ => null,
    };
}
