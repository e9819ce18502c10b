using System.Text;
using Sandbox.Cli.Server;
using Sandbox.Cli.Secrets;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Secrets;

public sealed class SecretTests : IAsyncLifetime
{
    private const string Stored = """{"name":"TOKEN","version":2,"as":"environment","agentId":"root"}""";

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("the value\n", "the value")]
    [InlineData("the value\r\n", "the value")]
    [InlineData("the value\n\n", "the value\n")]
    public async Task Set_FromStandardInput_SendsItWithoutTheLastLineBreak(string input, string value)
    {
        _server.On("PUT /v1/secrets/TOKEN", 200, Stored);

        var result = await Run(Encoding.UTF8.GetBytes(input), "secret", "set", "TOKEN", "-", "--tenant", "acme");

        Assert.Equal((0, "TOKEN is at version 2\n"), (result.ExitCode, result.Text));
        var request = Assert.Single(_server.Requests);
        Assert.Equal($$"""{"valueBase64":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}}"}""", request.Body);
        Assert.Equal("acme", request.Headers["X-Tenant-Id"].ToString());
    }

    [Fact]
    public async Task Set_FromAFileForHosts_SendsItByteForByte()
    {
        _server.On("PUT /v1/secrets/TOKEN", 201, Stored);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "value");
        await File.WriteAllBytesAsync(file, [1, 2, (byte)'\n'], TestContext.Current.CancellationToken);

        await Run([], "secret", "set", "TOKEN", file, "--host", "a.example", "--host", "b.example", "--header", "X-Key: {}");

        Assert.Equal("""{"valueBase64":"AQIK","hosts":["a.example","b.example"],"header":"X-Key: {}"}""", Assert.Single(_server.Requests).Body);
    }

    [Fact]
    public async Task List_ShowsWhatThereIs()
    {
        _server.On("GET /v1/secrets?limit=50", 200, """{"items":[{"name":"API","version":1,"as":"header","hosts":["a.example"],"agentId":"root"}]}""")
            .On("GET /v1/secrets", 200, """{"items":[{"name":"API","version":1,"as":"header","hosts":["a.example"],"agentId":"root"}]}""");

        var result = await Run([], "secret", "ls");

        Assert.Contains("API", result.Text, StringComparison.Ordinal);
        Assert.Contains("a.example", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key\r", "key")]
    [InlineData("kä\u007Fey\n", "key")]
    [InlineData("kex\by\u0004more", "key")]
    public async Task ReadKeys_WhatIsTyped_IsTheLine(string keys, string value) =>
        Assert.Equal(value, Encoding.UTF8.GetString(await SecretInput.ReadKeys(new MemoryStream(Encoding.UTF8.GetBytes(keys)), TestContext.Current.CancellationToken)));

    [Fact]
    public async Task ReadKeys_BrokenOff_StoresNothing() =>
        await Assert.ThrowsAsync<CliException>(() => SecretInput.ReadKeys(new MemoryStream("ke\u0003y\r"u8.ToArray()), TestContext.Current.CancellationToken));

    private Task<CliResult> Run(byte[] input, params string[] words) =>
        new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = input }.Run(words);
}
