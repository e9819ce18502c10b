using System.Net.Http.Headers;
using System.Text.Json;

namespace Sandbox.Bench.Server;

/// <summary>A call of <c>run_code</c> in a session.</summary>
internal static class McpBody
{
    public static HttpContent Increment(string session)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            jsonrpc = "2.0",
            id = 1,
            method = "tools/call",
            @params = new { name = "run_code", arguments = new { sessionId = session, code = "x += 1" } },
        });
        return new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
