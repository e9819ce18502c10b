using System.Text.Json;
using System.Text.Json.Serialization;
using Sandbox.Api.Mcp.Schemas;

namespace Sandbox.Api.Mcp.Access;

/// <summary>A refusal in the words of JSON-RPC, before the protocol's library has the request.</summary>
internal sealed record ProtocolError(int Code, string Message)
{
    /// <summary>The body cannot be read (JSON-RPC 2.0, "Parse error").</summary>
    public static readonly ProtocolError NotJson = new(-32700, "The body is not JSON, names a member twice, or is nested too deep.");

    public static ProtocolError Invalid(string message) => new(-32600, message);

    public static ProtocolError InvalidParameters(string message) => new(-32602, message);

    public Task Write(HttpResponse response, CancellationToken cancellationToken)
    {
        response.StatusCode = StatusCodes.Status400BadRequest;
        return response.WriteAsJsonAsync(new ProtocolRefusal(this), McpJson.Default.ProtocolRefusal, "application/json", cancellationToken);
    }
}

/// <summary>The message of one. It names no request: what has no good form has no good number either.</summary>
internal sealed record ProtocolRefusal(ProtocolError Error)
{
    public string Jsonrpc => "2.0";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public JsonElement? Id => null;
}
