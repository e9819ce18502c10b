using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Layout;

/// <summary>What the REST interface would answer, for people. It is text: pages encode it as they do all text.</summary>
internal static class PrettyJson
{
    private static readonly JsonSerializerOptions Options = Make();

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options.GetTypeInfo(typeof(T)));

    public static string Of(JsonElement value) => JsonSerializer.Serialize(value, Options);

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.WriteIndented = true;
        return options;
    }
}
