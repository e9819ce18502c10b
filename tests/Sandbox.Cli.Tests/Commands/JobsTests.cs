using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Commands;

public sealed class JobsTests : IAsyncLifetime
{
    private const string Page = """
        {"items":[
          {"id":"job_1","status":"succeeded","exitCode":0,"language":"python","usage":{"wallSeconds":0.25}},
          {"id":"job_2","status":"failed","cause":"out_of_memory","language":null}],
         "nextCursor":"abc"}
        """;

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task List_Text_IsATable()
    {
        _server.On("GET /v1/jobs", 200, Page);

        var result = await Run("list", "--status", "failed", "--metadata", "a b=c&d", "--limit", "2");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("GET /v1/jobs?limit=2&status=failed&metadata.a%20b=c%26d", _server.Requests[0].Line);
        Assert.Equal(
            """
            ID     STATUS     END            LANGUAGE  CREATED  TOOK
            job_1  succeeded  exit 0         python             0.25 s
            job_2  failed     out_of_memory  -                  -

            """,
            result.Text);
        Assert.Equal("There are more: --cursor abc\n", result.ErrorText);
    }

    [Fact]
    public async Task List_Json_IsTheAnswerOfTheServer()
    {
        _server.On("GET /v1/jobs", 200, Page);

        var result = await Run("list", "--json");

        Assert.Contains("\"nextCursor\": \"abc\"", result.Text, StringComparison.Ordinal);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public async Task Get_LabelsWithControlCharacters_AreMadeHarmless()
    {
        _server.On("GET /v1/jobs/job_1", 200, Wires.Job("running", """ "metadata":{"k":"\u001b]0;x\u0007"} """));

        var result = await Run("get", "job_1");

        Assert.Contains("metadata:    k=\uFFFD]0;x\uFFFD\n", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_FollowsToTheEndAndExitsZero()
    {
        _server.On("GET /v1/jobs/job_1/events", c => Wires.Stream(
            c, Wires.Stdout(1, Wires.Text("\"a\"")), Wires.Stderr(2, Wires.Text("\"b\"")), Wires.End(3, """{"status":"failed","exitCode":1}""")));

        var result = await Run("logs", "job_1");

        Assert.Equal((0, "a", "b"), (result.ExitCode, result.Text, result.ErrorText));
    }

    [Fact]
    public async Task Logs_Json_IsOneEventALine()
    {
        _server.On("GET /v1/jobs/job_1/events", c => Wires.Stream(c, Wires.Stdout(1, Wires.Text("\"a\"")), Wires.Succeeded(3)));

        var result = await Run("logs", "--json", "job_1");

        Assert.Equal(
            """
            {"id":"1","event":"stdout","data":{"text":"a"}}
            {"id":"3","event":"end","data":{"status":"succeeded","exitCode":0}}

            """,
            result.Text);
    }

    [Fact]
    public async Task CancelAndRemove_SeveralIds_AreDoneInOrder()
    {
        _server.On("POST /v1/jobs/job_1/cancel", 200, Wires.Job("cancelled"))
            .On("DELETE /v1/jobs/job_1", 204, "")
            .On("DELETE /v1/jobs/job_2", 409, """{"detail":"The job has not ended.","code":"job_not_ended"}""");

        var cancelled = await Run("cancel", "job_1");
        var removed = await Run("rm", "job_1", "job_2");

        Assert.Equal("job_1 cancelled\n", cancelled.Text);
        Assert.Equal((125, "job_1 removed\n"), (removed.ExitCode, removed.Text));
        Assert.Contains("The job has not ended.", removed.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Examples:\n  sandbox run hello.py", "run", "--help")]
    [InlineData("Exit codes of run and session exec:", "--help")]
    [InlineData("sandbox jobs ls --status failed", "jobs", "-h")]
    public async Task Help_TeachesByExamples(string text, params string[] arguments)
    {
        var result = await CliRun.Against(_server).Run(arguments);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Json_HasTheVersion()
    {
        var result = await CliRun.Against(_server).Run("version", "--json");

        Assert.Contains("\"version\": \"", result.Text, StringComparison.Ordinal);
    }

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(["jobs", .. arguments]);
}
