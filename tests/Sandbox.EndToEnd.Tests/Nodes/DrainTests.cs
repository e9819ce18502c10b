using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Nodes;

/// <summary>An operator empties a node of two processes, of which one is killed meanwhile.</summary>
public sealed class DrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_OfANode_HoldsInEveryProcessAndOverAKillUntilItIsActivated()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var session = await SessionClient.Open(pair.First.Client, Token);
        await session.Run("x = 1", Token);
        var node = (await pair.First.Client.Http.GetFromJsonAsync<JsonElement>("/v1/nodes", Token)).GetProperty("items")[0];
        Assert.Equal(("active", 1, 2), (Status(node), LiveSessions(node), node.GetProperty("processes").GetArrayLength()));
        var path = $"/v1/nodes/{node.GetProperty("name").GetString()}";

        using (var drained = await pair.First.Client.Http.PostAsync($"{path}/drain", null, Token))
            Assert.Equal("draining", Status(await drained.Content.ReadFromJsonAsync<JsonElement>(Token)));
        await AssertRefused(pair.First);
        await AssertRefused(pair.Second);
        Assert.Equal("1", (await session.Run("x", Token)).Value);

        var survivor = await pair.Kill(1, Token);
        await AssertRefused(survivor);
        await pair.Restart(1, Token);
        await AssertRefused(pair.First);
        session = session.On(pair.First);
        Assert.Equal("1", (await session.Run("x", Token)).Value);
        using (await session.End(Token))
            Assert.Equal("drained", Status(await pair.Second.Client.Http.GetFromJsonAsync<JsonElement>(path, Token)));

        using (var activated = await pair.Second.Client.Http.DeleteAsync($"{path}/drain", Token))
            Assert.Equal("active", Status(await activated.Content.ReadFromJsonAsync<JsonElement>(Token)));
        Assert.Equal("1\n", (await pair.First.Client.Run(new { language = "python", code = "print(1)" }, Token)).Stdout);
        await pair.Stop(Token);
    }

    private static string? Status(JsonElement node) => node.GetProperty("status").GetString();

    private static int LiveSessions(JsonElement node) => node.GetProperty("work").GetProperty("liveSessions").GetInt32();

    // For a moment after a kill a process may say no more than that it cannot answer.
    private static Task AssertRefused(SandboxServer server) => Eventually.True(
        async () =>
        {
            using var answer = await server.Client.Post(new { language = "python", code = "1" }, Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            return (await answer.Content.ReadAsStringAsync(Token)).Contains("node_draining", StringComparison.Ordinal);
        },
        "new work is refused because of the drain",
        Token);
}
