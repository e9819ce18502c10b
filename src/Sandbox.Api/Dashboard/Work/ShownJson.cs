using Sandbox.Api.Dashboard.Layout;
using Sandbox.Api.Output;

namespace Sandbox.Api.Dashboard.Work;

/// <summary>JSON that came out of a sandbox, laid out for people.</summary>
internal static class ShownJson
{
    /// <summary>The text; what is no JSON is laid out as the string that it is.</summary>
    public static string Of(string json) => PrettyJson.Of(JsonValue.Parse(json));
}
