using System.Text.Json;
using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Output;

namespace Sandbox.Api.Dashboard.Sessions;

/// <summary>How something that a step showed is shown on a page: a picture, a document in a frame of its own, or text.</summary>
/// <param name="IsPicture">Whether it is a picture.</param>
/// <param name="Document">HTML for a frame in which nothing runs; null for none.</param>
/// <param name="Text">The text of it; null where it has none.</param>
public sealed record ShownResult(bool IsPicture, string? Document, string? Text)
{
    private const int LongestDocument = 256 * 1024;
    private const int LongestText = 64 * 1024;

    private static readonly string[] Texts = ["text/plain", "text/markdown", "text/latex"];

    /// <summary>What to make of a result, which is JSON that came out of a sandbox.</summary>
    public static ShownResult Of(string result)
    {
        var bundle = JsonValue.Parse(result);
        if (bundle.ValueKind != JsonValueKind.Object)
            return new ShownResult(false, null, Cut(PrettyJson.Of(bundle)));
        var text = Texts.Select(type => StringOf(bundle, type)).FirstOrDefault(static found => found is not null);
        if (StepPicture.Of(bundle) is not null)
            return new ShownResult(true, null, text is null ? null : Cut(text));
        return StringOf(bundle, "text/html") is { Length: <= LongestDocument } document
            ? new ShownResult(false, document, text is null ? null : Cut(text))
            : new ShownResult(false, null, Cut(text ?? PrettyJson.Of(bundle)));
    }

    private static string? StringOf(JsonElement bundle, string type) =>
        bundle.TryGetProperty(type, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText), "…");
}
