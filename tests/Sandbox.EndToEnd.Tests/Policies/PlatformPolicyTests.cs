using System.Net;
using System.Net.Http.Json;

namespace Sandbox.EndToEnd.Tests.Policies;

/// <summary>The bounds that the operator sets for all.</summary>
public sealed class PlatformPolicyTests
{
    private static readonly (string Name, string Value)[] Bounds =
    [
        ("Sandbox__Policies__Platform__Languages__0", "bash"),
        ("Sandbox__Policies__Platform__Limits__MemoryBytes", $"{128 << 20}"),
        ("Sandbox__Policies__Platform__Limits__OutputBytes", $"{64 << 10}"),
        ("Sandbox__Policies__Platform__MaxTtlSeconds", "120"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bounds_OfThePlatform_HoldForJobsAndSessions()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token, Bounds);
        using (var answer = await server.Client.Post(new { language = "python", code = "1", limits = new { memoryBytes = 256 << 20 } }, Token))
            await AssertDenied(answer, "languages", "language", "limits.memoryBytes");
        using (var answer = await server.Client.Http.PostAsJsonAsync("/v1/sessions", new { language = "bash", ttlSeconds = 121 }, Token))
            await AssertDenied(answer, "ttl", "ttlSeconds");

        // What is left out stays within the bounds by itself.
        Assert.Equal("here\n", (await server.Client.Run(new { language = "bash", code = "echo here" }, Token)).Stdout);
        var session = await SessionClient.Open(server.Client, Token, new { language = "bash" });
        Assert.Equal("succeeded", (await session.Run("true", Token)).Status);
        using (var answer = await session.Send(new { language = "python", code = "1" }, Token))
            await AssertDenied(answer, "languages", "language");
        using (var answer = await server.Client.Http.PatchAsJsonAsync(session.Path, new { ttlSeconds = 121 }, Token))
            await AssertDenied(answer, "ttl", "ttlSeconds");
        using var ended = await session.End(Token);
        Assert.True(ended.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Step_InSessionFromBeforeTheBound_IsDenied()
    {
        using var data = new DataDirectory();
        string id;
        await using (var before = await SandboxServer.Start(data, Token))
        {
            var session = await SessionClient.Open(before.Client, Token, new { language = "python" });
            Assert.Equal("succeeded", (await session.Run("1", Token)).Status);
            id = session.Id;
            await before.Kill(Token);
        }

        await using var server = await SandboxServer.Start(data, Token, Bounds);
        var same = new SessionClient(server.Client, id);
        using (var answer = await same.Send(new { code = "1" }, Token))
            await AssertDenied(answer, "languages", "language");
        using var ended = await same.End(Token);
        Assert.True(ended.IsSuccessStatusCode);
    }

    private static async Task AssertDenied(HttpResponseMessage answer, string rule, params string[] fields)
    {
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = await SandboxClient.Read<Problem>(answer, Token);
        Assert.Equal(("policy_denied", rule), (problem.Code, problem.Rule));
        Assert.Equal(problem.Detail, problem.Reason);
        Assert.Equal(fields.Order(), problem.Errors!.Keys.Order());
    }
}
