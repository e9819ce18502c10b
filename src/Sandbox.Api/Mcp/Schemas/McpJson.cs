using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Sandbox.Api.Http;
using Sandbox.Api.Mcp.Access;
using Sandbox.Api.Mcp.Calls;
using Sandbox.Api.Mcp.Results;

namespace Sandbox.Api.Mcp.Schemas;

/// <summary>What tools answer with, beside what the REST interface answers with as well.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CodeRun))]
[JsonSerializable(typeof(OutputPart))]
[JsonSerializable(typeof(FilePart))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(CommandState))]
[JsonSerializable(typeof(LogPart))]
[JsonSerializable(typeof(MemoryEntry))]
[JsonSerializable(typeof(ToolProblem))]
[JsonSerializable(typeof(ProtectedResource))]
[JsonSerializable(typeof(ProtocolRefusal))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class McpJson : JsonSerializerContext
{
    /// <summary>Text in any script stays readable: it is read by models.</summary>
    public static readonly JsonSerializerOptions Settings = Make();

    /// <summary>How a type is written.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Settings.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Make()
    {
        var settings = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Not Default, which may be made after this.
            TypeInfoResolver = JsonTypeInfoResolver.Combine(new McpJson(), ApiJson.Default),
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        };
        settings.MakeReadOnly();
        return settings;
    }
}
