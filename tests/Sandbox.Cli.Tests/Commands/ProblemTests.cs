using Microsoft.AspNetCore.Http;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

public sealed class ProblemTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Problem_OfValidation_NamesTheFields()
    {
        _server.On("GET /v1/jobs/job_1", 400, """
            {"title":"Bad request","status":400,"detail":"The request is not valid.","code":"invalid_request",
             "errors":{"limits.memoryBytes":["must be at most 8589934592"],"code":["is required","is empty"]}}
            """);

        var result = await Get();

        Assert.Equal(125, result.ExitCode);
        Assert.Equal(
            """
            sandbox: The request is not valid. (invalid_request)
              limits.memoryBytes: must be at most 8589934592
              code: is required
              code: is empty

            """,
            result.ErrorText);
    }

    [Fact]
    public async Task Problem_OfPolicy_ShowsRuleAndReason()
    {
        _server.On("GET /v1/jobs/job_1", 403, """{"detail":"Policy forbids it.","code":"policy_denied","rule":"languages","reason":"bash is not allowed"}""");

        var result = await Get();

        Assert.Equal("sandbox: Policy forbids it. (policy_denied)\n  reason: bash is not allowed\n  rule: languages\n", result.ErrorText);
    }

    [Fact]
    public async Task Problem_WithControlCharacters_CannotDriveTheTerminal()
    {
        _server.On("GET /v1/jobs/job_1", 404, """{"detail":"No \u001b[2Jjob\r."}""");

        var result = await Get();

        Assert.Equal("sandbox: No \uFFFD[2Jjob\uFFFD.\n", result.ErrorText);
    }

    [Theory]
    [InlineData("secret", "does not accept the key")]
    [InlineData("", "asks for a key")]
    public async Task Problem_Unauthorized_SaysWhatToDo(string key, string message)
    {
        _server.On("GET /v1/jobs/job_1", 401, "{}");
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url, ["SANDBOX_API_KEY"] = key } };

        var result = await run.Run("jobs", "get", "job_1");

        Assert.Equal(125, result.ExitCode);
        Assert.Contains(message, result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_NotADocument_ShowsTheStatus()
    {
        var result = await Get();

        Assert.Equal("sandbox: the server answered with HTTP 418\n", result.ErrorText);
    }

    [Fact]
    public async Task Answer_OfAnotherProgram_IsRecognised()
    {
        _server.On("GET /v1/jobs/job_1", 200, "<html>");

        var result = await Get();

        Assert.Contains("is not Sandbox's interface", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_OfAServerThatStopsMeanwhile_IsTold()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("server.json", $$"""{"url":"{{_server.Url}}","pid":1}""");
        _server.On("GET /v1/jobs/job_1", async context =>
        {
            File.Delete(file);
            context.Response.StatusCode = 404;
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync("""{"detail":"No such job.","code":"not_found"}""");
        });

        var result = await new CliRun().Run("jobs", "get", "job_1", "--data", folder.Path);

        Assert.Equal((125, "sandbox: No such job. (not_found)\n"), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task Output_ThatCannotBeWritten_IsToldInWords()
    {
        _server.On("GET /v1/jobs/job_1", 200, Wires.Job("queued"));
        await using var full = new ReactingStream(static _ => throw new IOException("No space left on device", 28));
        var run = new CliRun { Environment = { ["SANDBOX_URL"] = _server.Url }, Output = full };

        var result = await run.Run("jobs", "get", "job_1", "--json");

        Assert.Equal((125, "sandbox: No space left on device\n"), (result.ExitCode, result.ErrorText));
    }

    private Task<CliResult> Get() => CliRun.Against(_server).Run("jobs", "get", "job_1");
}
