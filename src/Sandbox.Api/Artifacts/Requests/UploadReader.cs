using Microsoft.Net.Http.Headers;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Artifacts;

namespace Sandbox.Api.Artifacts.Requests;

/// <summary>Reads what an upload shall be, up to the first byte of its content: the body itself, or the one file of a form.</summary>
internal static class UploadReader
{
    private const string Digest = ContentDigest.Header;
    private const int LongestContentType = 255;

    /// <exception cref="UploadFormatException">What is wrong with it.</exception>
    public static async Task<(ArtifactUpload Upload, Stream Content)> Open(HttpContext context)
    {
        var errors = new RequestErrors();
        var request = context.Request;
        var query = new RequestQuery(request.Query, errors);
        var name = query.Single("name") is { } text ? ArtifactName.Read(text, "name", errors) : null;
        var expiresInSeconds = query.Seconds("expiresInSeconds");
        query.RefuseUnknown();
        var key = IdempotencyKey.Read(request, errors);
        var type = ReadType(request.ContentType, errors);
        var digest = ContentDigest.Read(request.Headers[Digest], errors);
        if (errors.Any)
            throw new UploadFormatException(errors);
        var upload = new ArtifactUpload(name ?? ArtifactName.Default, KeptType(type), request.ContentLength, digest, expiresInSeconds, key);
        var body = StreamedBody.OfAnySize(context);
        return IsForm(type)
            ? await OpenForm(body, type!, upload, hasName: name is not null, request.Headers.ContainsKey(Digest), context.RequestAborted)
            : (upload, body);
    }

    private static async Task<(ArtifactUpload Upload, Stream Content)> OpenForm(
        Stream body, MediaTypeHeaderValue type, ArtifactUpload upload, bool hasName, bool hasDigest, CancellationToken cancellationToken)
    {
        // There it would be that of the whole form.
        if (hasDigest)
            throw UploadFormatException.Of(Digest, "Of a form, it belongs into the headers of the file's part.");
        var file = await FormUpload.Open(body, type, cancellationToken);
        var errors = new RequestErrors();
        upload = upload with
        {
            Name = hasName || file.FileName is null ? upload.Name : ArtifactName.Read(ArtifactName.LastPart(file.FileName), "filename", errors),
            ContentType = KeptType(ReadType(file.ContentType, errors)),
            SizeBytes = null,
            Sha256 = ContentDigest.Read(file.Headers[Digest], errors),
        };
        return errors.Any ? throw new UploadFormatException(errors) : (upload, file);
    }

    private static MediaTypeHeaderValue? ReadType(string? text, RequestErrors errors)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        // A parser takes more than a header of an answer may hold.
        if (text.Length <= LongestContentType && text.All(static c => c is >= ' ' and <= '~') && MediaTypeHeaderValue.TryParse(text, out var type))
            return type;
        errors.Add("Content-Type", $"Must be a media type of at most {LongestContentType} ASCII characters.");
        return null;
    }

    // What curl says of every body says nothing of this one.
    private static string? KeptType(MediaTypeHeaderValue? type) =>
        type is null || type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? null : type.ToString();

    private static bool IsForm(MediaTypeHeaderValue? type) =>
        type is not null && type.MediaType.Equals(FormUpload.MediaType, StringComparison.OrdinalIgnoreCase);
}
