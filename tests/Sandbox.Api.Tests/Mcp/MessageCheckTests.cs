using System.Text.Json;
using Sandbox.Api.Mcp.Access;

namespace Sandbox.Api.Tests.Mcp;

public sealed class MessageCheckTests
{
    [Theory]
    [InlineData("""{"method": "ping"}""", null)]
    [InlineData("""{"method": "tools/call", "params": {"name": "run_code", "arguments": {"code": "\ud83d\ude00"}}}""", null)]
    [InlineData("""{"method": "ping", "params": null}""", null)]
    [InlineData("""[1, "a"]""", null)]
    [InlineData("""{"params": {"name": 5}}""", -32602)]
    [InlineData("""{"params": {"uri": null}}""", -32602)]
    [InlineData("""{"params": []}""", -32602)]
    [InlineData("""{"params": {"arguments": {"code": "\ud83d"}}}""", -32600)]
    [InlineData("""{"params": {"\ude00": 1}}""", -32600)]
    public void Refuse_OfAMessage_SaysWhatNobodyCouldRead(string json, int? code)
    {
        using var message = JsonDocument.Parse(json);
        Assert.Equal(code, MessageCheck.Refuse(message.RootElement)?.Code);
    }
}
