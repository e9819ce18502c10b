using System.Text;
using Sandbox.Cli.Commands;
using Sandbox.Cli.Terminal;
using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Workflows;

public sealed class WorkflowTests : IAsyncLifetime, IDisposable
{
    private const string Begun = """{"id":"wfl_1","status":"running","name":"n","steps":[{"id":"a","status":"running"},{"id":"b","status":"pending","dependsOn":["a"]}]}""";

    private readonly TemporaryFolder _folder = new();
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("succeeded", 0)]
    [InlineData("failed", 1)]
    [InlineData("timed_out", 124)]
    [InlineData("cancelled", 130)]
    public async Task Run_ToItsEnd_TellsEachChangeAndExitsByTheOutcome(string status, int exitCode)
    {
        Script(status);
        var result = await CliRun.Against(_server).Run("workflow", "run", Yaml());
        Assert.Equal((exitCode, $"wfl_1 {status}\n"), (result.ExitCode, result.Text));
        Assert.StartsWith("wfl_1 n\na running\na succeeded 1.5 s\nb running\nb failed attempt 2 (exit 3)\n", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal(status == "failed", result.ErrorText.Contains("sandbox jobs logs job_9", StringComparison.Ordinal));
        Assert.Equal("""{"steps":[{"id":"a","job":{"language":"python","code":"print(1)\n"},"timeoutSeconds":1.5}],"name":"yes","maxParallel":2,"on":true,"no":null}""", _server.Requests[0].Body);
        Assert.NotEmpty(_server.Requests[0].Headers["Idempotency-Key"].ToString());
    }

    [Fact]
    public async Task Run_WatchedOnATerminal_DrawsTheGraphAnew()
    {
        Script("succeeded");
        var errors = new MemoryStream();
        var environment = new Dictionary<string, string> { ["SANDBOX_URL"] = _server.Url, ["NO_COLOR"] = "1" };
        var console = new CliConsole(new MemoryStream(), new MemoryStream(), errors, environment, errorsAreTerminal: true) { Time = new HastyTime() };
        Assert.Equal(0, await CommandTree.Invoke(["workflow", "run", Yaml(), "--watch"], console, TestContext.Current.CancellationToken));
        var drawn = Encoding.UTF8.GetString(errors.ToArray()).Split("\e[J");
        Assert.Equal("● a running\n  · b pending ← a\n\r\e[2A", drawn[1]);
        Assert.StartsWith("✔ a succeeded 1.5 s\n  ✘ b failed attempt 2 (exit 3) ← a\n", drawn[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AsJson_OrDetached_PrintsThatAlone()
    {
        Script("succeeded");
        var json = await CliRun.Against(_server).Run("workflow", "run", _folder.Write("w.json", """ {"steps": []}"""), "--json");
        Assert.Equal((0, ""), (json.ExitCode, json.ErrorText));
        Assert.Contains("\"succeeded\"", json.Text, StringComparison.Ordinal);
        Assert.Equal(""" {"steps": []}""", _server.Requests[0].Body);
        Assert.Equal("wfl_1\n", (await CliRun.Against(_server).Run("workflow", "run", Yaml(), "--detach")).Text);
    }

    [Fact]
    public async Task Run_OfAFileWithMergeKeys_HasWhatIsWrittenBesideThemInstead()
    {
        Script("succeeded");
        await CliRun.Against(_server).Run("workflow", "run", _folder.Write("m.yaml", "a: &a {x: 1, y: [2]}\nb:\n  <<: *a\n  x: 3\n"));
        Assert.Equal("""{"a":{"x":1,"y":[2]},"b":{"x":3,"y":[2]}}""", _server.Requests[0].Body);
    }

    [Theory]
    [InlineData("a: [", "is not YAML, line")]
    [InlineData("{\"a\": ", "is not JSON, line 1")]
    [InlineData("a: 1\n---\nb: 2\n", "must hold one document")]
    [InlineData("? [a]\n: 1\n", "a name must be text")]
    [InlineData("a: &a\n  b: *a\n", "w.yaml")]
    public async Task Run_OfAFileThatIsNone_SaysWhere(string text, string told)
    {
        var result = await CliRun.Against(_server).Run("workflow", "run", _folder.Write("w.yaml", text));
        Assert.Equal(125, result.ExitCode);
        Assert.Contains(told, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Group_ListsShowsCancelsAndRemoves()
    {
        _server.On("GET /v1/workflows", 200, """{"items":[{"id":"wfl_1","status":"running","counts":{"running":1,"pending":2},"createdAt":"2030-01-01T00:00:00Z"}],"nextCursor":"next"}""")
            .On("GET /v1/workflows/wfl_1", 200, """{"id":"wfl_1","status":"failed","cause":"step_failed","steps":[{"id":"a","status":"failed","cause":"exit_code","exitCode":3,"attempts":2,"jobId":"job_1","agentId":"bob"}]}""")
            .On("POST /v1/workflows/wfl_1/cancel", 200, """{"id":"wfl_1","status":"stopping"}""")
            .On("DELETE /v1/workflows/wfl_1", 204, "");
        var list = await CliRun.Against(_server).Run("workflow", "ls", "--status", "running", "--metadata", "a=b");
        Assert.Contains("1 running 2 pending", list.Text, StringComparison.Ordinal);
        Assert.Contains("--cursor next", list.ErrorText, StringComparison.Ordinal);
        Assert.Equal("GET /v1/workflows?limit=50&status=running&metadata.a=b", _server.Requests[0].Line);
        var shown = (await CliRun.Against(_server).Run("workflow", "show", "wfl_1")).Text;
        Assert.Contains("step_failed", shown, StringComparison.Ordinal);
        Assert.Matches("a +failed +exit 3 +2 +bob +- +job_1", shown);
        Assert.Equal("wfl_1 stopping\n", (await CliRun.Against(_server).Run("workflow", "cancel", "wfl_1")).Text);
        Assert.Equal("wfl_1 removed\n", (await CliRun.Against(_server).Run("workflow", "rm", "wfl_1")).Text);
    }

    [Fact]
    public async Task Memory_IsListedReadWrittenAndRemoved()
    {
        _server.On("GET /v1/workflows/wfl_1/memory", 200, """{"items":[{"key":"k","version":3,"sizeBytes":7,"agentId":"bob","changedAt":"2030-01-01T00:00:00Z"}]}""")
            .On("GET /v1/workflows/wfl_1/memory/k", 200, """{"a":1}""")
            .On("PUT /v1/workflows/wfl_1/memory/k", 200, """{"key":"k","version":4,"sizeBytes":1,"agentId":"bob"}""")
            .On("DELETE /v1/workflows/wfl_1/memory/k", 204, "");
        Assert.Matches("k +3 +7 B +bob", (await Memory("ls", "wfl_1")).Text);
        Assert.Equal("{\n  \"a\": 1\n}\n", (await Memory("get", "wfl_1", "k")).Text);
        Assert.Equal("k is at version 4\n", (await Memory("set", "wfl_1", "k", "[1]", "--if-version", "3")).Text);
        Assert.Equal(("[1]", "\"3\""), (_server.Requests[^1].Body, _server.Requests[^1].Headers.IfMatch.ToString()));
        await Memory("set", "wfl_1", "k", "1", "--if-version", "0");
        Assert.Equal("*", _server.Requests[^1].Headers.IfNoneMatch.ToString());
        Assert.Contains("a text needs its quotes", (await Memory("set", "wfl_1", "k", "text")).ErrorText, StringComparison.Ordinal);
        Assert.Equal("k removed\n", (await Memory("rm", "wfl_1", "k")).Text);
    }

    private Task<CliResult> Memory(params string[] arguments) => CliRun.Against(_server).Run(["workflow", "memory", .. arguments]);

    private void Script(string status) => _server
        .On("POST /v1/workflows", 202, Begun)
        .On("GET /v1/workflows/wfl_1/events", context => Wires.Stream(
            context,
            Wires.Event(1, "status", """{"status":"running"}"""),
            Wires.Event(2, "step", """{"step":"a","status":"running","at":"2030-01-01T00:00:00Z","attempt":1}"""),
            Wires.Event(3, "step", """{"step":"a","status":"succeeded","at":"2030-01-01T00:00:01.5Z","attempt":1,"exitCode":0}"""),
            Wires.Event(4, "step", """{"step":"b","status":"running","attempt":1}"""),
            Wires.Event(5, "step", """{"step":"b","status":"failed","attempt":2,"cause":"exit_code","exitCode":3}"""),
            Wires.Event(6, "end", $$"""{"status":"{{status}}"}""")))
        .On("GET /v1/workflows/wfl_1", 200, $$"""{"id":"wfl_1","status":"{{status}}","steps":[{"id":"b","status":"{{(status == "failed" ? "failed" : "succeeded")}}","jobId":"job_9"}]}""");

    private string Yaml() => _folder.Write("w.yaml", "steps:\n  - id: a\n    job: &job {language: python, code: \"print(1)\\n\"}\n    timeoutSeconds: 1.5\nname: 'yes'\nmaxParallel: 2\non: true\nno: ~\n");
}
