using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Sandbox.Api.Mcp.Schemas;

/// <summary>Parts of JSON schemas (2020-12). Every call makes a part of its own, since a node has one place.</summary>
internal static class Schema
{
    private static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,
        // For any value a schema may be true; some clients take objects only.
        TransformSchemaNode = static (_, node) => node.GetValueKind() == JsonValueKind.True ? new JsonObject() : node,
    };

    public static JsonObject Text(string description) => Of("string", description);

    public static JsonObject Flag(string description) => Of("boolean", description);

    public static JsonObject Choice(string description, IEnumerable<string> values) =>
        With(Of("string", description), "enum", new JsonArray([.. values.Select(static value => (JsonNode)value)]));

    public static JsonObject Number(string description, double? least = null, double? most = null) => Between(Of("number", description), least, most);

    public static JsonObject Integer(string description, long? least = null, long? most = null) => Between(Of("integer", description), least, most);

    /// <summary>Any JSON value.</summary>
    public static JsonObject Any(string description) => new() { ["description"] = description };

    public static JsonObject List(string description, JsonObject items) => With(Of("array", description), "items", items);

    /// <summary>Texts by name.</summary>
    public static JsonObject Map(string description) => With(Of("object", description), "additionalProperties", new JsonObject { ["type"] = "string" });

    /// <summary>An object with these members and no others.</summary>
    public static JsonObject Object(string description, InputSchema members) => With(members.ToNode(), "description", description);

    /// <summary>The schema of what is written of a type.</summary>
    public static JsonElement OfOutput(Type type) => ToElement(McpJson.Settings.GetJsonSchemaAsNode(type, Exporting));

    /// <summary>A schema as it is told.</summary>
    public static JsonElement ToElement(JsonNode schema) => JsonElement.Parse(schema.ToJsonString());

    private static JsonObject Of(string type, string description) => new() { ["type"] = type, ["description"] = description };

    private static JsonObject Between(JsonObject schema, double? least, double? most)
    {
        if (least is { } minimum)
            schema["minimum"] = minimum;
        if (most is { } maximum)
            schema["maximum"] = maximum;
        return schema;
    }

    private static JsonObject With(JsonObject schema, string name, JsonNode value)
    {
        schema[name] = value;
        return schema;
    }
}

/// <summary>The members of an object, in the order in which they are told.</summary>
internal sealed class InputSchema
{
    private readonly JsonObject _members = [];
    private readonly JsonArray _required = [];

    public InputSchema Required(string name, JsonObject schema)
    {
        _required.Add((JsonNode)name);
        return Optional(name, schema);
    }

    public InputSchema Optional(string name, JsonObject schema)
    {
        _members.Add(name, schema);
        return this;
    }

    /// <summary>The schema, once.</summary>
    public JsonObject ToNode()
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = _members };
        if (_required.Count > 0)
            schema["required"] = _required;
        schema["additionalProperties"] = false;
        return schema;
    }
}
