using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sandbox.Api.Tests.Mcp;

/// <summary>Requests of the protocol, in the revision without a handshake.</summary>
internal static class McpWire
{
    private const string Version = "2026-07-28";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static HttpRequestMessage Message(string method, JsonObject? parameters = null, string? name = null)
    {
        parameters ??= [];
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = Version,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        };
        var body = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        var message = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        message.Headers.Add("MCP-Protocol-Version", Version);
        message.Headers.Add("Mcp-Method", method);
        if (name is not null)
            message.Headers.Add("Mcp-Name", name);
        return message;
    }

    public static async Task<JsonElement> Send(HttpClient client, HttpRequestMessage message)
    {
        using var response = await client.SendAsync(message, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {text}");
        var data = text.Split('\n').Single(static line => line.StartsWith("data:", StringComparison.Ordinal));
        return JsonElement.Parse(data["data:".Length..]);
    }

    public static async Task<JsonElement[]> Tools(HttpClient client) =>
        [.. (await Send(client, Message("tools/list"))).GetProperty("result").GetProperty("tools").EnumerateArray()];

    /// <summary>Calls a tool; its result.</summary>
    public static async Task<JsonElement> Call(HttpClient client, string tool, JsonObject arguments) =>
        (await Send(client, Message("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments }, tool))).GetProperty("result");

    /// <summary>What a tool said is wrong.</summary>
    public static JsonElement Problem(JsonElement result)
    {
        Assert.True(result.TryGetProperty("isError", out var isError) && isError.GetBoolean(), result.GetRawText());
        return JsonElement.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!);
    }
}
