using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Tenants;

public sealed class KeysTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task New_PrintsTheKeyAlone()
    {
        _server.On("POST /v1/api-keys", 201, """{"id":"key_1","key":"e2b_0"}""");

        var result = await Run("keys", "new", "ci", "--role", "admin", "--agent", "builder", "--tenant", "acme");

        Assert.Equal((0, "e2b_0\n"), (result.ExitCode, result.Text));
        Assert.Contains("not shown again", result.ErrorText, StringComparison.Ordinal);
        Assert.Equal("""{"name":"ci","role":"admin","agentId":"builder"}""", _server.Requests[0].Body);
        Assert.Equal("acme", _server.Requests[0].Headers["X-Tenant-Id"].ToString());
    }

    [Fact]
    public async Task ListAndRemove_AreTablesAndLines()
    {
        _server.On("GET /v1/api-keys", 200, """{"items":[{"id":"key_1","name":"ci","role":"member","agentId":"a","lastDigits":"00ff"}],"nextCursor":"abc"}""")
            .On("DELETE /v1/api-keys/key_1", 204, "");

        var list = await Run("keys", "list");

        Assert.Equal("GET /v1/api-keys?limit=50", _server.Requests[0].Line);
        Assert.Contains("…00ff", list.Text, StringComparison.Ordinal);
        Assert.Equal("There are more: --cursor abc\n", list.ErrorText);
        Assert.Equal("key_1 removed\n", (await Run("keys", "rm", "key_1")).Text);
    }

    [Fact]
    public async Task Tenants_AreMadeAndListed()
    {
        _server.On("POST /v1/tenants", 201, """{"id":"acme","name":"Acme"}""").On("GET /v1/tenants", 200, """{"items":[{"id":"acme","name":"Acme"}]}""");

        Assert.Equal("acme\n", (await Run("tenant", "new", "acme", "--name", "Acme")).Text);
        Assert.Equal("""{"id":"acme","name":"Acme"}""", _server.Requests[0].Body);
        Assert.Contains("Acme", (await Run("tenant", "list")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotas_AreShownWithWhatIsSet()
    {
        _server.On("GET /v1/tenants/acme/quotas", 200, Quotas);

        var result = await Run("tenant", "quotas", "acme");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.ErrorText));
        Assert.Contains("cpu          8      set\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("memoryBytes  1 GiB\n", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quotas_SetAndUnset_KeepWhatWasSetBeside()
    {
        _server.On("GET /v1/tenants/acme/quotas", 200, """{"tenantId":"acme","overrides":{"cpu":8,"queuedJobs":5},"effective":{}}""")
            .On("PUT /v1/tenants/acme/quotas", 200, Quotas);

        var result = await Run("tenant", "quotas", "acme", "--set", "memoryBytes=1.5G", "--set", "requestBurst=10", "--unset", "cpu");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("""{"queuedJobs":5,"memoryBytes":1610612736,"requestBurst":10}""", _server.Requests[1].Body);
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cpu=many")]
    [InlineData("memoryBytes=1X")]
    public async Task Quotas_ThatAreNoNumber_AreRefusedBeforeAnythingIsAsked(string set)
    {
        var result = await Run("tenant", "quotas", "acme", "--set", set);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(set, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Usage_IsATableOfLimitAndUse()
    {
        _server.On("GET /v1/usage", 200, """{"tenantId":"acme","cpu":{"limit":8,"used":1.5},"storageBytes":{"limit":1073741824,"used":1024}}""");

        var result = await Run("usage", "--tenant", "acme");

        Assert.Equal("acme", _server.Requests[0].Headers["X-Tenant-Id"].ToString());
        Assert.Contains("cpu           1.5    8\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("storageBytes  1 KiB  1 GiB\n", result.Text, StringComparison.Ordinal);
    }

    private const string Quotas = """{"tenantId":"acme","overrides":{"cpu":8},"effective":{"cpu":8,"memoryBytes":1073741824}}""";

    private Task<CliResult> Run(params string[] arguments) => CliRun.Against(_server).Run(arguments);
}
