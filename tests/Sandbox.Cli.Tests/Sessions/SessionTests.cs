using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Sessions;

public sealed class SessionTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task New_EveryOption_IsInTheRequestAndTheIdIsPrinted()
    {
        _server.On("POST /v1/sessions", 201, Wires.Session("ready"));

        var result = await Run(
            "new", "--language", "bash", "--isolation", "strong", "--ttl", "2h", "--idle", "90", "--on-idle", "pause",
            "--env", "A=b=c", "--metadata", "team=red", "--memory", "1G", "--timeout", "5");

        Assert.Equal((0, "ses_1\n"), (result.ExitCode, result.Text));
        Assert.Equal(
            """{"language":"bash","isolation":"strong","ttlSeconds":7200,"idleSeconds":90,"onIdle":"pause","env":{"A":"b=c"},"limits":{"memoryBytes":1073741824,"wallSeconds":5},"metadata":{"team":"red"}}""",
            _server.Requests[0].Body);
    }

    [Fact]
    public async Task New_WithoutOptions_LeavesEverythingToTheServer()
    {
        _server.On("POST /v1/sessions", 201, Wires.Session("ready"));

        var result = await Run("new", "--json");

        Assert.Equal("{}", _server.Requests[0].Body);
        Assert.Equal("{\n  \"id\": \"ses_1\",\n  \"status\": \"ready\"\n}\n", result.Text);
    }

    [Fact]
    public async Task New_AnswerLost_IsRepeatedWithTheSameKey()
    {
        _server.On("POST /v1/sessions", 503, """{"title":"starting"}""").On("POST /v1/sessions", 201, Wires.Session("ready"));

        var result = await Run("new");

        Assert.Equal("ses_1\n", result.Text);
        Assert.Single(_server.Requests.Select(request => request.Headers["Idempotency-Key"].ToString()).Distinct());
    }

    [Theory]
    [InlineData("new", "--ttl", "soon")]
    [InlineData("new", "--on-idle", "sleep")]
    [InlineData("extend", "ses_1")]
    [InlineData("extend", "ses_1", "--ttl", "-5")]
    public async Task Options_Wrong_AreRefusedBeforeAnythingIsSent(params string[] arguments)
    {
        var result = await Run(arguments);

        Assert.Equal(125, result.ExitCode);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task List_Text_IsATable()
    {
        _server.On("GET /v1/sessions", 200, """
            {"items":[{"id":"ses_1","status":"ready","language":"python"},{"id":"ses_2","status":"expired","cause":"ttl","language":"bash"}],"nextCursor":"abc"}
            """);

        var result = await Run("list", "--status", "ready", "--limit", "2", "--metadata", "a b=c");

        Assert.Equal("GET /v1/sessions?limit=2&status=ready&metadata.a%20b=c", _server.Requests[0].Line);
        Assert.Equal(
            """
            ID     STATUS   CAUSE  LANGUAGE  CREATED  EXPIRES
            ses_1  ready    -      python
            ses_2  expired  ttl    bash

            """,
            result.Text);
        Assert.Equal("There are more: --cursor abc\n", result.ErrorText);
    }

    [Fact]
    public async Task Show_LabelsWithControlCharacters_AreMadeHarmless()
    {
        _server.On("GET /v1/sessions/ses_1", 200, Wires.Session("paused", """ "idleSeconds":60,"onIdle":"end","metadata":{"k":"\u001b[2J"} """));

        var result = await Run("show", "ses_1");

        Assert.Contains("idle:        60 s, then end\nmetadata:    k=\uFFFD[2J\n", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show", "GET", "")]
    [InlineData("rm", "DELETE", "")]
    [InlineData("pause", "POST", "/pause")]
    public async Task Session_Ended_TellsTheCauseAndHasAnExitCodeOfItsOwn(string verb, string method, string path)
    {
        _server.On($"{method} /v1/sessions/ses_1{path}", 410, """{"detail":"The session ended: its time to live was over.","code":"session_expired"}""");

        var result = await Run(verb, "ses_1");

        Assert.Equal((123, "sandbox: The session ended: its time to live was over. (session_expired)\n"), (result.ExitCode, result.ErrorText));
    }

    [Fact]
    public async Task PauseAndResume_TellTheNewState()
    {
        _server.On("POST /v1/sessions/ses_1/pause", 200, Wires.Session("paused")).On("POST /v1/sessions/ses_1/resume", 200, Wires.Session("ready"));

        Assert.Equal("ses_1 paused\n", (await Run("pause", "ses_1")).Text);
        Assert.Equal("ses_1 ready\n", (await Run("resume", "ses_1")).Text);
    }

    [Fact]
    public async Task Extend_Durations_AreSentInSeconds()
    {
        _server.On("PATCH /v1/sessions/ses_1", 200, Wires.Session("ready"));

        var result = await Run("extend", "ses_1", "--ttl", "1.5h", "--idle", "0");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""{"ttlSeconds":5400,"idleSeconds":0}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Remove_SeveralIds_EndsThemInOrder()
    {
        _server.On("DELETE /v1/sessions/ses_1", 204, "").On("DELETE /v1/sessions/ses_2", 204, "");

        Assert.Equal("ses_1 ended\nses_2 ended\n", (await Run("rm", "ses_1", "ses_2")).Text);
        Assert.Equal("{\"id\":\"ses_1\",\"ended\":true}\n", (await Run("rm", "--json", "ses_1")).Text);
    }

    [Theory]
    [InlineData("new", "--on-idle pause")]
    [InlineData("list", "--status ready")]
    [InlineData("show", "--json")]
    [InlineData("exec", "Exits with the step's exit code.")]
    [InlineData("ls", "-r data")]
    [InlineData("cp", "tar c src |")]
    [InlineData("rm", "ses_… ses_…")]
    [InlineData("pause", "sandbox session pause ses_…")]
    [InlineData("resume", "sandbox session resume ses_…")]
    [InlineData("extend", "--ttl 2h")]
    [InlineData("suspend", "sandbox session suspend ses_…")]
    [InlineData("snapshot", "--snapshot \"$snp\"")]
    [InlineData("fork", "--count 5 --memory")]
    public async Task Help_TeachesByExamples(string verb, string text)
    {
        var result = await Run(verb, "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Examples:\n", result.Text, StringComparison.Ordinal);
        Assert.Contains(text, result.Text, StringComparison.Ordinal);
    }

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(["session", .. arguments]);
}
