using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Sandbox.Api.Artifacts.Requests;

/// <summary>
/// The one file of a multipart form, as it comes. Only at its end it is known that no other part follows: then the reading fails, and
/// with it whatever is made of the file.
/// </summary>
internal sealed class FormUpload : Stream
{
    public const string MediaType = "multipart/form-data";

    private const string WholeBody = "$";
    private const int LongestBoundary = 70;

    private readonly MultipartReader _reader;
    private readonly MultipartSection _section;

    private FormUpload(MultipartReader reader, MultipartSection section, string? fileName)
    {
        _reader = reader;
        _section = section;
        FileName = fileName;
    }

    /// <summary>What the form calls the file; null where it says no name.</summary>
    public string? FileName { get; }

    public string? ContentType => _section.ContentType;

    /// <summary>The headers of the file's part.</summary>
    public IHeaderDictionary Headers => new HeaderDictionary(_section.Headers);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads up to the beginning of the file.</summary>
    /// <exception cref="UploadFormatException">There is no file, or no form.</exception>
    public static async Task<FormUpload> Open(Stream body, MediaTypeHeaderValue type, CancellationToken cancellationToken)
    {
        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= LongestBoundary } boundary)
            throw UploadFormatException.Of("Content-Type", $"Must have a boundary of 1 to {LongestBoundary} characters.");
        var reader = new MultipartReader(boundary, body);
        var section = await Next(reader, cancellationToken) ?? throw UploadFormatException.Of(WholeBody, "The form has no part; it must have one, which is a file.");
        return new FormUpload(reader, section, NameOfFile(section));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        var read = await Ask(() => _section.Body.ReadAsync(buffer, cancellationToken).AsTask());
        if (read == 0 && await Next(_reader, cancellationToken) is { } another)
            throw UploadFormatException.Of(NameOf(another) ?? WholeBody, "Is one part too many: the form must have one, which is a file.");
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static Task<MultipartSection?> Next(MultipartReader reader, CancellationToken cancellationToken) =>
        Ask(() => reader.ReadNextSectionAsync(cancellationToken));

    private static string? NameOfFile(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.IsFileDisposition())
            throw UploadFormatException.Of(NameOf(section) ?? WholeBody, "Is no file; the one part of the form must be one.");
        return disposition.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
    }

    private static string? NameOf(MultipartSection section) =>
        ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
        && HeaderUtilities.RemoveQuotes(disposition.Name) is { Length: > 0 } name ? name.Value : null;

    // Its own faults come as these, and those of the connection as other ones.
    private static async Task<T> Ask<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException || e.GetType() == typeof(IOException))
        {
            throw UploadFormatException.Of(WholeBody, "The form is malformed or ends too early.");
        }
    }
}
