namespace Sandbox.EndToEnd.Tests.Mcp;

/// <summary>The door for MCP clients, with the clients that people have.</summary>
public sealed class McpTests(SharedServer shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Url => new Uri(shared.Client.Http.BaseAddress!, "/mcp").ToString();

    private string Key => shared.Client.Http.DefaultRequestHeaders.Authorization!.Parameter!;

    [Theory]
    [InlineData("v1")]
    [InlineData("legacy")]
    [InlineData("auto")]
    [InlineData("modern")]
    public async Task Agent_WithAnUnmodifiedClient_DoesItsWork(string client)
    {
        var (exit, output) = await McpClients.RunScript("agent.mjs", Token, ("MCP_URL", Url), ("MCP_TOKEN", Key), ("MCP_CLIENT", client));
        Assert.True(exit == 0, output);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("modern")]
    public async Task Inspector_ListsTheToolsWithoutComplaint_AndRunsCode(string era)
    {
        string[] server = [Url, "--header", $"Authorization: Bearer {Key}", "--protocol-era", era];
        var (exit, listed) = await McpClients.Inspect(Token, [.. server, "--method", "tools/list", "--strict"]);
        Assert.True(exit == 0, listed);
        var (ran, output) = await McpClients.Inspect(
            Token, [.. server, "--method", "tools/call", "--tool-name", "run_code", "--tool-args-json", """{"code": "print(6 * 7)"}""", "--format", "json", "-q"]);
        Assert.True(ran == 0, output);
        Assert.Contains("42\\n", output, StringComparison.Ordinal);
    }
}
