using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Events;

public sealed class EventsTests : IAsyncLifetime
{
    private const string Event = """{"id":"7","type":"job.ended","tenantId":"acme","resource":{"type":"job","id":"job_1"},"agentId":"a","time":"2026-01-31T12:00:00Z","data":{"status":"failed","cause":"timeout"}}""";

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Events_Listed_AreLines()
    {
        _server.On("GET /v1/events", 200, $$"""{"items":[{{Event}}],"nextCursor":"7"}""");

        var list = await Run("events", "--types", "job.*", "--from", "7", "--tenant", "acme");

        Assert.Equal("GET /v1/events?types=job.%2A&from=7", _server.Requests[0].Line);
        Assert.Equal("acme", _server.Requests[0].Headers["X-Tenant-Id"].ToString());
        Assert.Contains("job.ended job_1 status=failed cause=timeout", list.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_Added_PrintsIdAndSecret()
    {
        _server.On("POST /v1/webhooks", 201, """{"id":"whk_1","url":"https://example.com/","types":[],"enabled":true,"secret":"whsec_AA"}""");

        var added = await Run("webhook", "add", "https://example.com/", "--types", "job.ended,session.*");

        Assert.Equal((0, "whk_1 whsec_AA\n"), (added.ExitCode, added.Text));
        Assert.Equal("""{"url":"https://example.com/","types":["job.ended","session.*"]}""", _server.Requests[0].Body);
    }

    [Fact]
    public async Task Webhook_ListedAndRemoved_IsATableAndALine()
    {
        _server.On("GET /v1/webhooks", 200, """{"items":[{"id":"whk_1","url":"https://example.com/","types":["job.ended"],"enabled":false,"disabledReason":"failing"}]}""")
            .On("DELETE /v1/webhooks/whk_1", 204, "");

        Assert.Contains("disabled (failing)", (await Run("webhook", "ls")).Text, StringComparison.Ordinal);
        Assert.Equal("whk_1 removed\n", (await Run("webhook", "rm", "whk_1")).Text);
    }

    [Fact]
    public async Task Deliveries_Listed_AreATable()
    {
        _server.On("GET /v1/webhooks/whk_1/deliveries", 200, """{"items":[{"id":"dlv_1","type":"job.ended","status":"pending","attempts":3,"error":"timeout"}],"nextCursor":"abc"}""");

        var list = await Run("webhook", "deliveries", "whk_1");

        foreach (var cell in (string[])["dlv_1", "job.ended", "pending", "3", "timeout"])
            Assert.Contains(cell, list.Text, StringComparison.Ordinal);
        Assert.Equal("There are more: --cursor abc\n", list.ErrorText);
    }

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(arguments);
}
