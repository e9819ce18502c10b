using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Sandbox.Api.Mcp.Access;

/// <summary>A body that was read before its time, and is read again by who comes after.</summary>
internal sealed class Peeked : IDisposable
{
    private readonly byte[] _bytes;
    private readonly JsonDocument? _document;

    private Peeked(byte[] bytes, JsonDocument? document) => (_bytes, _document) = (bytes, document);

    /// <summary>The method; null where it has none.</summary>
    public string? Method => TextOf(Root, "method");

    /// <summary>The request that a cancellation means.</summary>
    public RequestId? CancelledRequest => Parameter("requestId") switch
    {
        { ValueKind: JsonValueKind.String } text when TryText(text) is { } id => new RequestId(id),
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var id) => new RequestId(id),
        _ => null,
    };

    private JsonElement? Root => _document?.RootElement is { ValueKind: JsonValueKind.Object } root ? root : null;

    public static async Task<Peeked> Read(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        var bytes = buffer.ToArray();
        var peeked = new Peeked(bytes, Parse(bytes));
        peeked.Rewind(request);
        return peeked;
    }

    public void Rewind(HttpRequest request) => request.Body = new MemoryStream(_bytes, writable: false);

    /// <summary>A text of the parameters.</summary>
    public string? Text(string name) => TextOf(Member(Root, "params"), name);

    /// <summary>A text among a tool's arguments.</summary>
    public string? Argument(string name) => TextOf(Parameter("arguments"), name);

    public void Dispose() => _document?.Dispose();

    private static JsonDocument? Parse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            // The library says what is wrong with it.
            return null;
        }
    }

    private JsonElement? Parameter(string name) => Member(Member(Root, "params"), name);

    private static JsonElement? Member(JsonElement? parent, string name)
    {
        try
        {
            return parent is { ValueKind: JsonValueKind.Object } some && some.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // A name that is no text.
            return null;
        }
    }

    private static string? TextOf(JsonElement? parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } value ? TryText(value) : null;

    private static string? TryText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
