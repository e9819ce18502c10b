using System.Text;
using System.Text.Json;
using Sandbox.Grains.Abstractions.Output;

namespace Sandbox.Api.Output;

/// <summary>
/// JSON text that came out of a sandbox. Nobody inside is trusted to have written JSON: what is none is handed on as
/// a string, so that it can neither break a document nor add lines to an event stream.
/// </summary>
internal static class JsonValue
{
    public static JsonElement Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    public static JsonElement Parse(ReadOnlySpan<byte> utf8) =>
        UntrustedJson.Parse(utf8) ?? JsonSerializer.SerializeToElement(Encoding.UTF8.GetString(utf8), Http.ApiJson.Default.String);
}
