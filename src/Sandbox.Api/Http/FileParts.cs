using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Http;

/// <summary>The files of a multipart form, as they come, for doors whose clients upload so: parts of other names are passed over.</summary>
internal static class FileParts
{
    /// <summary>The media type of a form.</summary>
    public const string MediaType = "multipart/form-data";

    private const int LongestBoundary = 128;
    private const string Name = "file";

    /// <summary>Does something with each file in turn, until there is none left or one is refused.</summary>
    /// <param name="context">The request, which is a form.</param>
    /// <param name="use">Takes the name of the file with its folders, where the form says one, and its content.</param>
    public static async Task<Refusal?> ForEach(HttpContext context, Func<string?, Stream, Task<Refusal?>> use)
    {
        var boundary = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        if (boundary is not { Length: > 0 and <= LongestBoundary })
            return Bad("The form has no boundary, or one that is too long.");
        var reader = new MultipartReader(boundary, StreamedBody.OfAnySize(context));
        try
        {
            while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || HeaderUtilities.RemoveQuotes(disposition.Name).Value != Name)
                    continue;
                // The whole of it, with its folders: it says where the file goes.
                var fileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
                if (await use(fileName, section.Body) is { } refusal)
                    return refusal;
            }
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException && !context.RequestAborted.IsCancellationRequested))
        {
            return Bad("The form is broken.");
        }

        return null;
    }

    private static Refusal Bad(string detail) => new(RefusalCodes.InvalidRequest, detail);
}
