using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

public sealed class RunRequestTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_AllOptions_BecomeTheRequest()
    {
        _server.OnJob(Wires.Succeeded(1));
        var code = _folder.Write("sum.py", "print('é')");
        var table = _folder.Write("table.csv", "1,2");
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = "input\n"u8.ToArray() };

        var result = await run.Run(
            "run", "--isolation", "strong", "--file", table, "-f", $"data/t.csv={table}", "-e", "A=1=2", "--env", "B=", "--arg", "x",
            "--stdin", "--timeout", "2.5", "--memory", "64M", "--cpu", "0.5", "--disk", "1G", "--processes", "9", "--output-limit", "1K",
            "--metadata", "team=blue", code, "--", "-v", "--data");

        Assert.Equal(0, result.ExitCode);
        var expected = """
            {"language":"python","code":"print('é')",
             "files":[{"path":"table.csv","contentBase64":"MSwy"},{"path":"data/t.csv","contentBase64":"MSwy"}],
             "stdin":"input\n","args":["x","-v","--data"],"env":{"A":"1=2","B":""},"isolation":"strong",
             "limits":{"cpu":0.5,"memoryBytes":67108864,"diskBytes":1073741824,"processes":9,"wallSeconds":2.5,"outputBytes":1024},
             "metadata":{"team":"blue"}}
            """;
        AssertJson(expected, _server.Requests[0].Body);
    }

    [Theory]
    [InlineData("a.py", "", "python")]
    [InlineData("a.mjs", "", "javascript")]
    [InlineData("a.CJS", "", "javascript")]
    [InlineData("a.js", "", "javascript")]
    [InlineData("a.sh", "", "bash")]
    [InlineData("tool", "#!/usr/bin/env -S python3 -u\n", "python")]
    [InlineData("tool", "#!/bin/sh", "bash")]
    [InlineData("tool", "#! /usr/bin/node\n1", "javascript")]
    public async Task Run_LanguageNotNamed_IsToldByTheFile(string name, string code, string language)
    {
        _server.OnJob(Wires.Succeeded(1));

        var result = await CliRun.Against(_server).Run("run", _folder.Write(name, code));

        Assert.Equal(0, result.ExitCode);
        AssertJson($$"""{"language":"{{language}}","code":{{JsonSerializer.Serialize(code)}}}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Run_Dash_ReadsTheCodeFromStandardInput()
    {
        _server.OnJob(Wires.Succeeded(1));
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Input = "print(2)"u8.ToArray() };

        await run.Run("run", "-l", "python", "-");

        AssertJson("""{"language":"python","code":"print(2)"}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Run_AnswerLost_SubmitsAgainUnderTheSameKey()
    {
        _server.On("POST /v1/jobs", c =>
            {
                c.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().Abort();
                return Task.CompletedTask;
            })
            .On("POST /v1/jobs", 503, """{"title":"full","code":"queue_full"}""", retryAfter: "2")
            .OnJob(Wires.Succeeded(1));

        var result = await CliRun.Against(_server).Run("run", _folder.Write("a.py", ""));

        Assert.Equal(0, result.ExitCode);
        var keys = _server.Requests.Where(r => r.Line == "POST /v1/jobs").Select(r => r.Headers["Idempotency-Key"].ToString()).ToArray();
        Assert.Equal(3, keys.Length);
        Assert.NotEmpty(keys[0]);
        Assert.Single(keys.Distinct());
        Assert.Equal("Bearer secret", _server.Requests[0].Headers.Authorization);
    }

    [Fact]
    public async Task Run_ServerStaysFull_GivesUpWithItsReason()
    {
        _server.On("POST /v1/jobs", 503, """{"title":"Unavailable","detail":"The queue is full.","code":"queue_full"}""");

        var result = await CliRun.Against(_server).Run("run", _folder.Write("a.py", ""));

        Assert.Equal(125, result.ExitCode);
        Assert.Equal("sandbox: The queue is full. (queue_full)\n", result.ErrorText);
    }

    [Theory]
    [InlineData("cannot tell the language of", "run", "FOLDER/none.txt")]
    [InlineData("cannot be read", "run", "FOLDER/missing.py")]
    [InlineData("is not UTF-8 text", "run", "FOLDER/binary.py")]
    [InlineData("is a folder; name its files", "run", "--file", "FOLDER", "FOLDER/a.py")]
    [InlineData("is not KEY=VALUE", "run", "--env", "A", "FOLDER/a.py")]
    [InlineData("is not a size", "run", "--memory", "lots", "FOLDER/a.py")]
    [InlineData("cannot be both", "run", "-l", "python", "--stdin", "-")]
    [InlineData("Required argument missing", "run")]
    [InlineData("unknown option '--what'", "run", "--what", "FOLDER/a.py")]
    [InlineData("unknown option '--memroy'", "run", "FOLDER/a.py", "--memroy", "1G", "--", "-x")]
    public async Task Run_BadCommandLine_IsExplainedBeforeAnythingIsSent(string message, params string[] arguments)
    {
        _folder.Write("a.py", "");
        _folder.Write("none.txt", "hello");
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "binary.py"), [0xff, 0xfe, 0x80], TestContext.Current.CancellationToken);

        var result = await CliRun.Against(_server).Run([.. arguments.Select(a => a.Replace("FOLDER", _folder.Path, StringComparison.Ordinal))]);

        Assert.Equal(125, result.ExitCode);
        Assert.StartsWith("sandbox: ", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(message, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    private static void AssertJson(string expected, string actual)
    {
        using var left = JsonDocument.Parse(expected);
        using var right = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(left.RootElement, right.RootElement), actual);
    }
}
