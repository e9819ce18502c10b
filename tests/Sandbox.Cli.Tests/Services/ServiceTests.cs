using System.Text;
using Microsoft.AspNetCore.Http;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Services;

public sealed class ServiceTests
{
    private const string Starting = """{"id":"svc_1","status":"starting","port":8000,"proxyUrl":"http://here/v1/services/svc_1/proxy/","token":"svt_x","attempts":0}""";
    private const string Running = """{"id":"svc_1","status":"running","port":8000,"proxyUrl":"http://here/v1/services/svc_1/proxy/","attempts":1}""";
    private const string Hosted = """{"id":"svc_1","status":"running","port":8000,"proxyUrl":"http://here/p/","hostUrl":"http://8000-svc_1.localhost/","attempts":1}""";
    private const string Failed = """{"id":"svc_1","status":"failed","cause":"exited","port":8000,"proxyUrl":"http://here/p/","attempts":2,"lastAttempt":{"cause":"exited","exitCode":3}}""";

    [Fact]
    public async Task Run_Command_IsSentAsItIs_AndWaitedFor()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/services", 202, Starting).On("GET /v1/services/svc_1", 200, Starting).On("GET /v1/services/svc_1", 200, Running);

        var result = await CliRun.Against(server).Run(
            "service", "run", "--port", "8000", "--ttl", "1h", "--health", "/ok", "--attempts", "2", "-e", "A=1", "--metadata", "team=red", "--memory", "1G", "--", "serve", "-x");

        Assert.Equal((0, "svc_1\n"), (result.ExitCode, result.Text));
        Assert.Contains("http://here/v1/services/svc_1/proxy/", result.ErrorText, StringComparison.Ordinal);
        var sent = server.Requests[0];
        Assert.Equal(
            """{"command":["serve","-x"],"port":8000,"ttlSeconds":3600,"health":{"path":"/ok"},"restart":{"maxAttempts":2},"env":{"A":"1"},"limits":{"memoryBytes":1073741824},"metadata":{"team":"red"}}""",
            sent.Body);
        Assert.NotEmpty(sent.Headers["Idempotency-Key"].ToString());
    }

    [Fact]
    public async Task Run_File_IsCodeInItsLanguage_AndAFailureIsToldWithItsCause()
    {
        await using var server = await ScriptedServer.Start();
        server.On("POST /v1/services", 202, Starting).On("GET /v1/services/svc_1", 200, Failed);
        using var folder = new TemporaryFolder();

        var result = await CliRun.Against(server).Run("service", "run", "-p", "8000", folder.Write("app.js", "serve()"));

        Assert.Equal((125, "svc_1\n"), (result.ExitCode, result.Text));
        Assert.Contains("failed (exited)", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal("""{"language":"javascript","code":"serve()","port":8000}""", server.Requests[0].Body);
    }

    [Theory]
    [InlineData("service", "run", "--port", "8000")]
    [InlineData("service", "run", "app.py")]
    [InlineData("service", "run", "--port", "8000", "app.py", "--", "serve")]
    public async Task Run_Incomplete_IsRefused(params string[] arguments)
    {
        await using var server = await ScriptedServer.Start();
        Assert.Equal(125, (await CliRun.Against(server).Run(arguments)).ExitCode);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Logs_Followed_GoOnOverRestarts()
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/services/svc_1", 200, Running)
            .On("GET /v1/services/svc_1", 200, Running).On("GET /v1/services/svc_1", 200, Failed)
            .On("GET /v1/services/svc_1/logs", context => Log(context, "one\n", ended: true))
            .On("GET /v1/services/svc_1/logs", context => Log(context, "two\n", ended: true));

        var result = await CliRun.Against(server).Run("service", "logs", "svc_1", "-f");

        Assert.Equal((0, "one\ntwo\n"), (result.ExitCode, result.Text));
        Assert.Equal(["attempt=1", "attempt=2"], server.Requests.Where(request => request.Line.Contains("/logs", StringComparison.Ordinal)).Select(request => request.Line.Split('?')[1].Split('&')[0]));
    }

    [Fact]
    public async Task Url_ForABrowser_NeedsAnAddressOfItsOwn()
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/services/svc_1", 200, Hosted).On("GET /v1/services/svc_1", 200, Running)
            .On("POST /v1/services/svc_1/tokens", 201, """{"id":"tok_1","token":"svt_new"}""");

        var hosted = await CliRun.Against(server).Run("service", "url", "svc_1", "--token", "--expires", "10m");
        var plain = await CliRun.Against(server).Run("service", "url", "svc_1");
        var without = await CliRun.Against(server).Run("service", "url", "svc_1", "--token");

        Assert.Equal("http://8000-svc_1.localhost/?sandbox_token=svt_new\n", hosted.Text);
        Assert.Equal("""{"expiresInSeconds":600}""", server.Requests.Single(request => request.Line.StartsWith("POST", StringComparison.Ordinal)).Body);
        Assert.Equal("http://here/v1/services/svc_1/proxy/\n", plain.Text);
        Assert.Equal(125, without.ExitCode);
    }

    [Fact]
    public async Task List_Show_Remove_SayWhatThereIs()
    {
        await using var server = await ScriptedServer.Start();
        server.On("GET /v1/services", 200, $$"""{"items":[{{Running}},{{Failed}}],"nextCursor":"c"}""").On("GET /v1/services/svc_1", 200, Failed)
            .On("DELETE /v1/services/svc_1", context =>
            {
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            });

        var list = await CliRun.Against(server).Run("service", "ls", "--status", "running", "--metadata", "a=b");
        var show = await CliRun.Against(server).Run("service", "show", "svc_1");
        var removed = await CliRun.Against(server).Run("service", "rm", "svc_1");

        Assert.Contains("exited", list.Text, StringComparison.Ordinal);
        Assert.Equal("GET /v1/services?limit=50&status=running&metadata.a=b", server.Requests[0].Line);
        Assert.Contains("exited, exit code 3", show.Text, StringComparison.Ordinal);
        Assert.Equal("svc_1 removed\n", removed.Text);
    }

    private static Task Log(HttpContext context, string text, bool ended)
    {
        context.Response.Headers["Output-Next"] = $"{text.Length}";
        context.Response.Headers["Output-Total"] = $"{text.Length}";
        context.Response.Headers["Output-Ended"] = ended ? "true" : "false";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();
    }
}
