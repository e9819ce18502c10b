using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Policies;

/// <summary>Policies of a tenant on real servers: stored, narrowed, and asked without starting anything.</summary>
public sealed class TenantPolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Policy_OfTheTenant_HoldsForJobsFromItsAnswerOn()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        var job = new { language = "bash", code = "echo here", limits = new { memoryBytes = 128 << 20 } };
        Assert.Equal("here\n", (await server.Client.Run(job, Token)).Stdout);

        Assert.Equal(1, await Put(server.Client, "default", new { limits = new { memoryBytes = 128 << 20 } }));
        var allowed = await server.Client.Run(job, Token);
        Assert.Equal("""{"policy":"default","version":1,"allowed":true}""", await DecisionOf(server.Client, $"/v1/jobs/{allowed.Id}"));
        Assert.True((await Evaluate(server.Client, "default", job)).GetProperty("decision").GetProperty("allowed").GetBoolean());

        Assert.Equal(2, await Put(server.Client, "default", new { limits = new { memoryBytes = 64 << 20 }, languages = new[] { "python" } }));
        using (var answer = await server.Client.Post(job, Token))
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            var problem = await SandboxClient.Read<Problem>(answer, Token);
            Assert.Equal(("policy_denied", "languages"), (problem.Code, problem.Rule));
            var evaluation = await Evaluate(server.Client, "default", job);
            Assert.Equal(problem.Reason, evaluation.GetProperty("decision").GetProperty("reason").GetString());
            Assert.Equal(problem.Errors!.Keys.Order(), evaluation.GetProperty("violations").EnumerateArray().Select(violation => violation.GetProperty("field").GetString()!).Order());
        }

        // What is left out stays within the policy by itself.
        Assert.Equal("1\n", (await server.Client.Run(new { language = "python", code = "print(1)" }, Token)).Stdout);
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete("/v1/policies/default", Token));
        Assert.Equal("here\n", (await server.Client.Run(job, Token)).Stdout);
    }

    [Fact]
    public async Task Policy_ChangedInOneProcess_HoldsInTheOtherAndReachesItsSessions()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        await Put(pair.First.Client, "agents", new { });
        // Both have decided by the first version.
        await pair.First.Client.Run(new { language = "bash", code = "true", policy = "agents" }, Token);
        await pair.Second.Client.Run(new { language = "bash", code = "true", policy = "agents" }, Token);
        var session = await SessionClient.Open(pair.Second.Client, Token, new { language = "python", policy = "agents", ttlSeconds = 3600 });

        // Every member crosses from one process to the other.
        Assert.Equal(2, await Put(pair.First.Client, "agents", new
        {
            languages = new[] { "python" },
            templates = new[] { "default" },
            isolation = new[] { "standard" },
            limits = new { wallSeconds = 30 },
            ttl = new { maxSeconds = 600 },
            egress = new { allow = new object[] { new { host = "a.example", ports = new[] { 443 } }, new { cidr = "10.0.0.0/8" } } },
            packages = new { python = new { allow = new[] { "numpy" } } },
            secrets = new[] { "A" },
            services = new { allowed = true, ports = new[] { 8080 } },
        }));

        using (var answer = await pair.Second.Client.Post(new { language = "bash", code = "true", policy = "agents" }, Token))
            Assert.Equal("languages", (await SandboxClient.Read<Problem>(answer, Token)).Rule);
        foreach (var server in new[] { pair.First, pair.Second })
        {
            using var answer = await session.On(server).Send(new { language = "bash", code = "true", timeoutSeconds = 31 }, Token);
            var problem = await SandboxClient.Read<Problem>(answer, Token);
            Assert.Equal(["language", "timeoutSeconds"], problem.Errors!.Keys.Order());
            var evaluation = await Evaluate(server.Client, "agents", new { language = "bash", code = "true", limits = new { wallSeconds = 31 } });
            Assert.Equal(2, evaluation.GetProperty("violations").GetArrayLength());
        }

        await Eventually.True(
            async () => await DecisionOf(pair.Second.Client, session.Path) == """{"policy":"agents","version":2,"allowed":true}""", "the session goes by the new version", Token);
        var shown = await pair.Second.Client.Http.GetFromJsonAsync<JsonElement>(session.Path, Token);
        Assert.InRange(shown.GetProperty("expiresAt").GetDateTime(), DateTime.UtcNow, DateTime.UtcNow.AddSeconds(600));
        using var ended = await session.End(Token);
    }

    [Fact]
    public async Task Policy_ChangedWhileSessionsSleepOnDisk_ReachesThemToo()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        await Put(server.Client, "short", new { });
        await Put(server.Client, "gone", new { });
        var ends = await Asleep(server.Client, "short");
        var stays = await Asleep(server.Client, "gone");

        await Put(server.Client, "short", new { ttl = new { maxSeconds = 1 } });
        Assert.Equal(HttpStatusCode.NoContent, await server.Client.Delete("/v1/policies/gone", Token));

        await Eventually.True(
            async () =>
            {
                using var answer = await server.Client.Http.GetAsync(ends.Path, Token);
                return answer.StatusCode == HttpStatusCode.Gone;
            },
            "the session ends when its policy says so", Token);
        Assert.Equal("policy_denied", await SessionClient.CodeOf(await stays.Post("/resume", Token), HttpStatusCode.Forbidden, Token));
        Assert.Equal("policy_denied", await SessionClient.CodeOf(await stays.Post("/snapshot", Token), HttpStatusCode.Forbidden, Token));
        using var ended = await stays.End(Token);
    }

    [Fact]
    public async Task Policy_ThatIsNotThereOrNotRight_NamesWhatIsWrong()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);

        Assert.Equal(["policy"], await Refused(server.Client, HttpMethod.Post, "/v1/jobs", new { language = "bash", code = "true", policy = "none" }));
        Assert.Equal(["policy"], await Refused(server.Client, HttpMethod.Post, "/v1/sessions", new { policy = "none" }));
        Assert.Equal(["egress.allow[2].host"], await Refused(server.Client, HttpMethod.Put, "/v1/policies/x", new
        {
            egress = new { allow = new object[] { new { host = "*.example.org" }, new { cidr = "10.0.0.0/8" }, new { host = "127.1" } } },
        }));
        Assert.Equal(["opa"], await Refused(server.Client, HttpMethod.Put, "/v1/policies/x", new { opa = new { path = "a" } }));
    }

    private static async Task<SessionClient> Asleep(SandboxClient client, string policy)
    {
        var session = await SessionClient.Open(client, Token, new { isolation = "strong", ttlSeconds = 3000, policy });
        using var paused = await client.Http.PostAsJsonAsync($"{session.Path}/pause", new { memory = "disk" }, Token);
        Assert.True(paused.IsSuccessStatusCode, await paused.Content.ReadAsStringAsync(Token));
        return session;
    }

    private static async Task<int> Put(SandboxClient client, string name, object document)
    {
        using var answer = await client.Http.PutAsJsonAsync($"/v1/policies/{name}", document, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("version").GetInt32();
    }

    private static async Task<JsonElement> Evaluate(SandboxClient client, string name, object job)
    {
        using var answer = await client.Http.PostAsJsonAsync($"/v1/policies/{name}/evaluate", new { job }, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task<string> DecisionOf(SandboxClient client, string path) =>
        (await client.Http.GetFromJsonAsync<JsonElement>(path, Token)).GetProperty("decision").GetRawText();

    private static async Task<IEnumerable<string>> Refused(SandboxClient client, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await client.Http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return (await SandboxClient.Read<Problem>(answer, Token)).Errors!.Keys;
    }
}
