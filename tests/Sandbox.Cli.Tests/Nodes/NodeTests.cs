using Sandbox.Cli.Tests.Testing;

namespace Sandbox.Cli.Tests.Nodes;

public sealed class NodeTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.Start();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task List_ShowsWhatANodeHasAndCouldTake()
    {
        _server.On("GET /v1/nodes", 200, $$"""{"items":[{{Node("active", 1)}}]}""");

        var result = await CliRun.Against(_server).Run("nodes", "ls");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("vm    active  1/8   0       2/50      0         512 MiB      3", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_ThatWaits_ReturnsWhenTheNodeIsEmpty()
    {
        _server.On("POST /v1/nodes/vm/drain", 200, Node("draining", 1)).On("GET /v1/nodes/vm", 200, Node("draining", 1)).On("GET /v1/nodes/vm", 200, Node("drained", 0));

        var result = await CliRun.Against(_server).Run("nodes", "drain", "vm", "--wait");

        Assert.Equal((0, "vm drained\n", "It still has 1 jobs, 2 sessions, 0 services.\n"), (result.ExitCode, result.Text, result.ErrorText));
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Activate_IsToldWithTheState()
    {
        _server.On("DELETE /v1/nodes/vm/drain", 200, Node("active", 0));

        Assert.Equal("vm active\n", (await CliRun.Against(_server).Run("nodes", "activate", "vm")).Text);
    }

    private static string Node(string status, int jobs) => $$"""
        {"name":"vm","status":"{{status}}","isolation":["standard"],"capacity":{"jobs":8,"memoryBytes":1073741824,"queuedJobs":100,"sessions":50},
         "free":{"jobs":7,"memoryBytes":536870912,"queuedJobs":100,"sessions":48},"work":{"queuedJobs":0,"runningJobs":{{jobs}},"liveSessions":2},
         "pools":[{"template":"default","language":"python","isolation":"standard","ready":3}],"processes":[]}
        """;
}
