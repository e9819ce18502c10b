using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private const string Event = """
        {"sequence":7,"previousHash":"00","hash":"ff","event":{"version":1,"id":"aud_1","time":"2026-01-31T12:00:00Z","tenant":"acme","actor":{"agentId":"alice","role":"member"},"action":"job.denied","resource":{"type":"job","id":"job_1"},"outcome":"denied","cause":"policy_denied"}}
        """;

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task List_WithFilters_IsATable()
    {
        _server.On("GET /v1/audit/events", 200, $$"""{"items":[{{Event}}],"nextCursor":"abc"}""");

        var list = await Run("audit", "ls", "--action", "job.denied", "--from", "2026-01-31", "--tenant", "acme");

        Assert.Equal("GET /v1/audit/events?limit=50&from=2026-01-31&action=job.denied", _server.Requests[0].Line);
        Assert.Equal("acme", _server.Requests[0].Headers["X-Tenant-Id"].ToString());
        foreach (var cell in (string[])["7", "alice", "job.denied", "job_1", "denied", "policy_denied"])
            Assert.Contains(cell, list.Text, StringComparison.Ordinal);
        Assert.Equal("There are more: --cursor abc\n", list.ErrorText);
    }

    [Fact]
    public async Task Verify_WholeChain_SaysItsHead()
    {
        _server.On("GET /v1/audit/verify", 200, """{"valid":true,"events":7,"head":{"sequence":7,"hash":"ff"}}""");

        var found = await Run("audit", "verify");

        Assert.Equal((0, "valid: 7 events, head ff\n"), (found.ExitCode, found.Text));
    }

    [Fact]
    public async Task Verify_BrokenChain_SaysWhereAndFails()
    {
        _server.On("GET /v1/audit/verify", 200, """{"valid":false,"events":3,"head":{"sequence":7,"hash":"ff"},"brokenAt":4,"reason":"The event is missing."}""");

        var found = await Run("audit", "verify");

        Assert.Equal((1, "broken at 4: The event is missing.\n"), (found.ExitCode, found.Text));
    }

    [Fact]
    public async Task Export_WritesTheLinesAsTheyCome()
    {
        _server.On("GET /v1/audit/export", 200, Event + "\n");

        var export = await Run("audit", "export", "--cursor", "6");

        Assert.Equal("GET /v1/audit/export?cursor=6", _server.Requests[0].Line);
        Assert.Equal(Event + "\n", export.Text);
    }

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(arguments);
}
