using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Sandbox.Api.Http;

/// <summary>
/// A JSON body, read within the server's size limit and parsed strictly: UTF-8, no duplicate members, no comments,
/// bounded nesting. Owns pooled memory.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>No request of the interface nests deeper than a third of this.</summary>
    public const int MaxDepth = 16;

    private const int FirstBuffer = 4 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private readonly byte[] _buffer;
    private JsonDocument? _document;

    private RequestBody(byte[] buffer) => _buffer = buffer;

    public JsonElement Root => _document!.RootElement;

    /// <summary>True when the body is declared as JSON in UTF-8 that nothing compressed.</summary>
    public static bool IsJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0 || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return false;
        var isJson = type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);
        return isJson && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Null when the body is not a JSON document; the errors then say why.</summary>
    /// <exception cref="BadHttpRequestException">The body is larger than allowed, or broken off.</exception>
    public static async Task<RequestBody?> Read(HttpRequest request, RequestErrors errors, CancellationToken cancellationToken)
    {
        var (buffer, length) = await Fill(request, cancellationToken);
        var body = new RequestBody(buffer);
        if (body.TryParse(length, errors))
            return body;
        body.Dispose();
        return null;
    }

    /// <summary>As <see cref="Read"/>, from a text that came in a form.</summary>
    public static RequestBody? Parse(string text, RequestErrors errors)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var body = new RequestBody(buffer);
        if (body.TryParse(Encoding.UTF8.GetBytes(text, buffer), errors))
            return body;
        body.Dispose();
        return null;
    }

    /// <summary>As <see cref="IsJson"/>, for a request that need not have a body.</summary>
    public static bool IsJsonOrNone(HttpRequest request) => HasNone(request) || IsJson(request);

    /// <summary>As <see cref="Read"/>; a request without a body says as much as one with an empty object.</summary>
    public static async Task<RequestBody?> ReadOptional(HttpRequest request, RequestErrors errors, CancellationToken cancellationToken)
    {
        if (!HasNone(request))
            return await Read(request, errors, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        "{}"u8.CopyTo(buffer);
        var body = new RequestBody(buffer);
        body.TryParse(2, errors);
        return body;
    }

    public void Dispose()
    {
        _document?.Dispose();
        // Cleared: it holds a tenant's code, and the next renter is another's request.
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
    }

    private static bool HasNone(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private static async Task<(byte[] Buffer, int Length)> Fill(HttpRequest request, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                    return (buffer, length);
                length += read;
                if (length == buffer.Length)
                    buffer = Grow(buffer);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            throw;
        }
    }

    // Grows with what has arrived, not with what a Content-Length announces.
    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    private bool TryParse(int length, RequestErrors errors)
    {
        var json = _buffer.AsMemory(0, length);
        if (!Utf8.IsValid(json.Span))
        {
            errors.Add("$", "The body is not valid UTF-8.");
            return false;
        }
        try
        {
            _document = JsonDocument.Parse(json, Strict);
            return true;
        }
        catch (JsonException exception)
        {
            errors.Add("$", Explain(exception));
            return false;
        }
        catch (InvalidOperationException)
        {
            // Comparing member names unescapes them, which a lone surrogate such as "\ud800" refuses.
            errors.Add("$", "The body has a member name that is not valid Unicode.");
            return false;
        }
    }

    private static string Explain(JsonException exception)
    {
        var message = exception.Message;
        // The reader's own position is counted from 0 and appended to its text.
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var what = position < 0 ? message : message[..position];
        return exception.LineNumber is { } line
            ? $"Malformed JSON in line {line + 1}, byte {exception.BytePositionInLine + 1}: {what}"
            : $"Malformed JSON: {what}";
    }
}
