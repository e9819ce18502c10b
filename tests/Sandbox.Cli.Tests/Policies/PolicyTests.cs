using System.Text;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Policies;

public sealed class PolicyTests : IAsyncLifetime
{
    private const string Stored = """{"name":"strict","version":3,"removed":false,"document":{"languages":["python"]},"agentId":"root"}""";

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("", "", "")]
    [InlineData("--if-version 2", "If-Match", "\"2\"")]
    [InlineData("--new", "If-None-Match", "*")]
    public async Task Set_FromStandardInput_SendsItAsItIs(string options, string header, string value)
    {
        _server.On("PUT /v1/policies/strict", 200, Stored);
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = """{"languages": ["python"]}"""u8.ToArray() };

        var result = await run.Run(["policy", "set", "strict", "-", "--tenant", "acme", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((0, "strict is at version 3\n"), (result.ExitCode, result.Text));
        var request = Assert.Single(_server.Requests);
        Assert.Equal("""{"languages": ["python"]}""", request.Body);
        Assert.Equal("acme", request.Headers["X-Tenant-Id"].ToString());
        if (header.Length > 0)
            Assert.Equal(value, request.Headers[header].ToString());
    }

    [Fact]
    public async Task Set_WhatTheServerRefuses_NamesEveryMember()
    {
        _server.On("PUT /v1/policies/strict", 400, """{"detail":"2 members of the request are not valid.","code":"invalid_request","errors":{"egress.allow[2].host":["Must be a host name."],"opa":["Is not supported yet."]}}""");
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "policy.json");
        await File.WriteAllTextAsync(file, "{}", TestContext.Current.CancellationToken);

        var result = await Run("policy", "set", "strict", file);

        Assert.Equal(125, result.ExitCode);
        Assert.Contains("egress.allow[2].host: Must be a host name.", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("opa: Is not supported yet.", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PrintsTheDocumentAlone()
    {
        _server.On("GET /v1/policies/strict", 200, Stored)
            .On("GET /v1/policies/strict/versions/2", 200, """{"name":"strict","version":2,"removed":true}""");

        Assert.Equal("""{"languages":["python"]}""", Packed((await Run("policy", "get", "strict")).Text));
        Assert.Equal(Stored, Packed((await Run("policy", "get", "strict", "--json")).Text));
        var removed = await Run("policy", "get", "strict", "--version", "2");
        Assert.Contains("version 2 removed the policy", removed.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListVersionsAndRemove_AreTablesAndLines()
    {
        _server.On("GET /v1/policies", 200, $$"""{"items":[{{Stored}}],"nextCursor":"abc"}""")
            .On("GET /v1/policies/strict/versions", 200, $$"""{"items":[{"name":"strict","version":4,"removed":true},{{Stored}}]}""")
            .On("DELETE /v1/policies/strict", 204, "");

        var list = await Run("policy", "ls", "--limit", "1");
        var versions = await Run("policy", "versions", "strict");

        Assert.Equal("GET /v1/policies?limit=1", _server.Requests[0].Line);
        Assert.Contains("strict", list.Text, StringComparison.Ordinal);
        Assert.Equal("There are more: --cursor abc\n", list.ErrorText);
        Assert.Contains("4 (removed)", versions.Text, StringComparison.Ordinal);
        Assert.Equal("strict removed\n", (await Run("policy", "rm", "strict")).Text);
    }

    [Fact]
    public async Task Evaluate_TellsWhatStandsAgainstIt()
    {
        _server.On("POST /v1/policies/strict/evaluate", 200, """
            {"decision":{"policy":"strict","version":3,"allowed":false,"rule":"limits","reason":"Too much."},
             "violations":[{"rule":"limits","field":"limits.memoryBytes","reason":"Too much."},{"rule":"ttl","field":"ttlSeconds","reason":"Too long."}]}
            """);

        var result = await Evaluate("""{"language":"python"}""", "--session");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("denied by strict, version 3\n  limits: limits.memoryBytes: Too much.\n  ttl: ttlSeconds: Too long.\n", result.Text);
        Assert.Equal("""{"session":{"language":"python"}}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Evaluate_WhatIsAllowed_ExitsWithNothing()
    {
        _server.On("POST /v1/policies/strict/evaluate", 200, """{"decision":{"policy":"strict","version":3,"allowed":true},"violations":[]}""");

        Assert.Equal((0, "allowed by strict, version 3\n"), ((await Evaluate("{}")).ExitCode, (await Evaluate("{}")).Text));
        Assert.Equal("""{"job":{}}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Evaluate_WhatIsNoJson_IsNotSent()
    {
        var result = await Evaluate("""{"language": "python"}, "job": {}""");

        Assert.Equal(125, result.ExitCode);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Run_WithAPolicy_NamesIt()
    {
        _server.On("POST /v1/jobs", 202, Wires.Job("queued")).On("POST /v1/sessions", 201, """{"id":"ses_1","status":"ready"}""");
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = "1"u8.ToArray() };

        await run.Run("run", "-", "-l", "python", "--policy", "strict", "--detach");
        await Run("session", "new", "--policy", "strict");

        Assert.All(_server.Requests, request => Assert.Contains("\"policy\":\"strict\"", request.Body, StringComparison.Ordinal));
    }

    private static string Packed(string json) => string.Concat(json.Where(letter => !char.IsWhiteSpace(letter)));

    private Task<CliResult> Evaluate(string request, params string[] options) =>
        new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = Encoding.UTF8.GetBytes(request) }.Run(["policy", "evaluate", "strict", "-", .. options]);

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(arguments);
}
