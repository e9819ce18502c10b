using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Sessions;

public sealed class SnapshotTests : IAsyncLifetime
{
    private const string Made = """{"id":"snp_1","sessionId":"ses_1","name":"n","memory":true,"sizeBytes":2048,"skipped":0}""";

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Snapshot_EveryOption_IsInTheRequestAndTheIdIsPrinted()
    {
        _server.On("POST /v1/sessions/ses_1/snapshot", 201, Made);

        var result = await Run("session", "snapshot", "ses_1", "--name", "n", "--memory", "--ttl", "1h", "--metadata", "k=v");

        Assert.Equal((0, "snp_1\n", ""), (result.ExitCode, result.Text, result.ErrorText));
        Assert.Equal("""{"name":"n","memory":true,"ttlSeconds":3600,"metadata":{"k":"v"}}""", _server.Requests[0].Body);
        Assert.NotEmpty(_server.Requests[0].Headers["Idempotency-Key"].ToString());
    }

    [Fact]
    public async Task Snapshot_WithFilesLeftOut_SaysSo()
    {
        _server.On("POST /v1/sessions/ses_1/snapshot", 201, """{"id":"snp_1","sessionId":"ses_1","skipped":3}""");

        var result = await Run("session", "snapshot", "ses_1");

        Assert.Equal("snp_1\n", result.Text);
        Assert.StartsWith("sandbox: 3 files were left out", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal("{}", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Fork_PrintsTheNewIds()
    {
        _server.On("POST /v1/sessions/ses_1/fork", 201, """{"items":[{"id":"ses_2","status":"ready"},{"id":"ses_3","status":"ready"}]}""");

        Assert.Equal("ses_2\nses_3\n", (await Run("session", "fork", "ses_1", "-n", "2", "--memory")).Text);
        Assert.Equal("""{"count":2,"memory":true}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task New_FromASnapshot_AndSuspend_AreSent()
    {
        _server.On("POST /v1/sessions", 201, Wires.Session("ready")).On("POST /v1/sessions/ses_1/pause", 200, Wires.Session("paused"));

        await Run("session", "new", "--snapshot", "snp_1");
        Assert.Equal("ses_1 paused\n", (await Run("session", "suspend", "ses_1")).Text);

        Assert.Equal(["""{"snapshot":"snp_1"}""", """{"memory":"disk"}"""], _server.Requests.Select(request => request.Body));
    }

    [Fact]
    public async Task ListAndRemove_AreTablesAndLines()
    {
        _server.On("GET /v1/snapshots", 200, $$"""{"items":[{{Made}}],"nextCursor":"abc"}""").On("DELETE /v1/snapshots/snp_1", 204, "");

        var list = await Run("snapshots", "ls", "--session", "ses_1", "--metadata", "k=v");

        Assert.Equal("GET /v1/snapshots?limit=20&sessionId=ses_1&metadata.k=v", _server.Requests[0].Line);
        Assert.Contains("snp_1", list.Text, StringComparison.Ordinal);
        Assert.Contains("yes", list.Text, StringComparison.Ordinal);
        Assert.Equal("There are more: --cursor abc\n", list.ErrorText);
        Assert.Equal("snp_1 removed\n", (await Run("snapshots", "rm", "snp_1")).Text);
        Assert.Equal("{\"id\":\"snp_1\",\"removed\":true}\n", (await Run("snapshots", "rm", "snp_1", "--json")).Text);
    }

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(arguments);
}
