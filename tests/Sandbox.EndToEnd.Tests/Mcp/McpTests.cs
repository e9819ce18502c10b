using System.Diagnostics;
using System.Text.Json;

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

    [Fact]
    public async Task QuickStart_OfTheReadme_RunsAsItIsPrinted()
    {
        var command = ReadmeBlock("<!-- mcp quick start -->").Replace("http://127.0.0.1:8080/mcp", Url, StringComparison.Ordinal)
            .Replace("$(cat .sandbox/operator.key)", Key, StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        var line = output.Split('\n').Single(text => text.StartsWith("data:", StringComparison.Ordinal));
        var result = JsonDocument.Parse(line["data:".Length..]).RootElement.GetProperty("result");
        Assert.Equal("hello\n", result.GetProperty("structuredContent").GetProperty("stdout").GetString());
    }

    // The first block of code after a mark.
    private static string ReadmeBlock(string mark)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sandbox.sln")))
            folder = folder.Parent;
        var text = File.ReadAllText(Path.Combine(folder?.FullName ?? throw new UnreachableException(), "README.md"));
        return text.Split(mark, 2)[1].Split("```sh\n", 2)[1].Split("```", 2)[0];
    }
}
