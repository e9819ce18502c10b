using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Sandbox.Api.Mcp.Access;

/// <summary>A body that was read before its time, and is read again by who comes after.</summary>
internal sealed class Peeked : IDisposable
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly byte[] _bytes;
    private readonly JsonDocument? _document;

    private Peeked(byte[] bytes, JsonDocument? document, ProtocolError? wrong) => (_bytes, _document, Wrong) = (bytes, document, wrong);

    /// <summary>Why nobody is to read it; null where it is well formed. The protocol's library would fail at it instead of refusing it.</summary>
    public ProtocolError? Wrong { get; }

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
        var (document, wrong) = Parse(bytes);
        var peeked = new Peeked(bytes, document, wrong);
        peeked.Rewind(request);
        return peeked;
    }

    public void Rewind(HttpRequest request) => request.Body = new MemoryStream(_bytes, writable: false);

    /// <summary>A text of the parameters.</summary>
    public string? Text(string name) => TextOf(Member(Root, "params"), name);

    /// <summary>A text among a tool's arguments.</summary>
    public string? Argument(string name) => TextOf(Parameter("arguments"), name);

    public void Dispose() => _document?.Dispose();

    private static (JsonDocument? Document, ProtocolError? Wrong) Parse(byte[] bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, Strict);
            return (document, MessageCheck.Refuse(document.RootElement));
        }
        catch (JsonException)
        {
            return (null, ProtocolError.NotJson);
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
