using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sandbox.Cli.Server;
using Sandbox.Cli.Terminal;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sandbox.Cli.Workflows;

/// <summary>
/// A workflow as people write it, in YAML or JSON, as the JSON that the server takes. Plain words of YAML are what its core schema says:
/// null, true and false, numbers; everything else, and everything in quotes, is text.
/// </summary>
internal static class WorkflowFile
{
    private const int MaxDepth = 64;
    private const string MergeKey = "<<";

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON of a text.</summary>
    /// <exception cref="CliException">It is neither; the message says where it is not.</exception>
    public static byte[] ToJson(string text, string name)
    {
        if (text.AsSpan().TrimStart().StartsWith("{"))
            return Checked(text, name);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents is not [var document])
                throw new CliException($"{name} must hold one document, and holds {yaml.Documents.Count}.");
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer, s_options))
                Write(json, document.RootNode, name, 0);
            return buffer.ToArray();
        }
        catch (YamlException e)
        {
            throw new CliException($"{name} is not YAML, line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private static byte[] Checked(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Encoding.UTF8.GetBytes(text);
        }
        catch (JsonException e)
        {
            throw new CliException($"{name} is not JSON, line {e.LineNumber + 1}: {e.Message}");
        }
    }

    private static void Write(Utf8JsonWriter json, YamlNode node, string name, int depth)
    {
        CheckDepth(node, name, depth);
        switch (node)
        {
            case YamlMappingNode mapping:
                json.WriteStartObject();
                foreach (var (member, value) in Members(mapping, name, depth))
                {
                    json.WritePropertyName(member);
                    Write(json, value, name, depth + 1);
                }

                json.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                json.WriteStartArray();
                foreach (var item in sequence.Children)
                    Write(json, item, name, depth + 1);
                json.WriteEndArray();
                break;
            default:
                WriteScalar(json, (YamlScalarNode)node);
                break;
        }
    }

    // With those of a merge key (<<), by which steps have much in common: what is written beside it goes before.
    private static Dictionary<string, YamlNode> Members(YamlMappingNode mapping, string name, int depth)
    {
        CheckDepth(mapping, name, depth);
        var members = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            var member = key is YamlScalarNode { Value: { } text } ? text : throw new CliException($"{name}, line {key.Start.Line}: a name must be text.");
            if (member != MergeKey)
                members[member] = value;
        }

        if (!mapping.Children.TryGetValue(MergeKey, out var merged))
            return members;
        foreach (var from in merged is YamlSequenceNode several ? several.Children : [merged])
        {
            if (from is not YamlMappingNode other)
                throw new CliException($"{name}, line {from.Start.Line}: only members can be merged.");
            foreach (var (member, value) in Members(other, name, depth + 1))
                members.TryAdd(member, value);
        }

        return members;
    }

    // An alias can make a small file an endless one.
    private static void CheckDepth(YamlNode node, string name, int depth)
    {
        if (depth > MaxDepth)
            throw new CliException($"{name}, line {node.Start.Line}: nested deeper than {MaxDepth} times.");
    }

    private static void WriteScalar(Utf8JsonWriter json, YamlScalarNode scalar)
    {
        var text = scalar.Value ?? string.Empty;
        if (scalar.Style != ScalarStyle.Plain)
            json.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            json.WriteNullValue();
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            json.WriteBooleanValue(text[0] is 't' or 'T');
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            json.WriteNumberValue(whole);
        else if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            json.WriteNumberValue(number);
        else
            json.WriteStringValue(text);
    }
}
