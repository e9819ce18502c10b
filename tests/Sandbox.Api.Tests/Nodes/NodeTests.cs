using System.Net;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Nodes;

public sealed class NodeTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task List_HasEachNodeWithWhatItOffersAndHas()
    {
        var node = (await (await _server.Client.Get("/v1/nodes")).Json()).GetProperty("items")[0];

        Assert.Equal(
            """{"name":"node-1","status":"active","lastHeartbeatAt":"2026-01-02T03:05:05+00:00","isolation":["standard"],"capacity":{"jobs":8,"memoryBytes":1073741824,"queuedJobs":100,"sessions":50},"free":{"jobs":7,"memoryBytes":536870912,"queuedJobs":100,"sessions":48},"work":{"queuedJobs":0,"runningJobs":1,"liveSessions":2,"pausedSessions":0,"storedSessions":0,"services":0},"pools":[{"template":"default","language":"python","isolation":"standard","ready":3}],"processes":[{"name":"member-1","address":"127.0.0.1:1","startedAt":"2026-01-02T03:04:05+00:00","heartbeatAt":"2026-01-02T03:05:05+00:00"}]}""",
            node.GetRawText());
    }

    [Fact]
    public async Task Drain_AndActivate_AnswerWithTheNode()
    {
        using var drained = await _server.Client.PostAsync($"/v1/nodes/{MemoryNodes.Name}/drain", null, Cancel);
        var node = await drained.Json();
        Assert.Equal(("draining", "2026-01-02T03:04:05+00:00"), (node.GetProperty("status").GetString(), node.GetProperty("drainingSince").GetString()));

        using var activated = await _server.Client.DeleteAsync($"/v1/nodes/{MemoryNodes.Name}/drain", Cancel);
        Assert.Equal("active", (await activated.Json()).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/nodes/other")]
    [InlineData("POST", "/v1/nodes/other/drain")]
    [InlineData("DELETE", "/v1/nodes/other/drain")]
    public async Task Call_OnANodeThatIsNotThere_IsNotFound(string method, string path)
    {
        using var answer = await _server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("not_found", (await answer.Json()).GetProperty("code").GetString());
    }
}
