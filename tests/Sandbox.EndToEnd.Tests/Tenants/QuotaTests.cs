using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sandbox.EndToEnd.Tests.Members;

namespace Sandbox.EndToEnd.Tests.Tenants;

/// <summary>Quotas of tenants on real servers: what is counted holds in all processes, and outlives them.</summary>
public sealed class QuotaTests
{
    private const string Endless = "sleep 600";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_OverTwoProcesses_AreAsManyAsTheTenantMayHave_AlsoAfterAKill()
    {
        using var data = new DataDirectory();
        await using var pair = await MemberPair.Start(data, Token);
        var key = await NewTenant(pair.First, "red", new { concurrentSandboxes = 3 });
        using var first = new SandboxClient(pair.First.Client.Http.BaseAddress!.ToString(), key);
        using var second = new SandboxClient(pair.Second.Client.Http.BaseAddress!.ToString(), key);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(index =>
            (index % 2 == 0 ? first : second).Http.PostAsJsonAsync("/v1/sessions", new { }, Token)));

        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.NotNull(refused.Headers.RetryAfter);
            // What a process is about to make counts too, for as long as it is not refused itself.
            var (quota, limit, used) = await QuotaOf(refused);
            Assert.True(quota == "concurrentSandboxes" && limit == 3 && used >= 3, $"{quota} {limit} {used}");
        }

        Assert.Equal(((3, 3), (3, 3)), (await Used(first, "concurrentSandboxes"), await Used(second, "concurrentSandboxes")));
        await pair.Kill(1, Token);
        Assert.Equal((3, 3), await Used(second, "concurrentSandboxes"));
        foreach (var made in answers.Where(answer => answer.StatusCode == HttpStatusCode.Created))
        {
            var session = new SessionClient(second, (await SandboxClient.Read<JsonElement>(made, Token)).GetProperty("id").GetString()!);
            await Eventually.True(async () => await second.Delete(session.Path, Token) != HttpStatusCode.ServiceUnavailable, "the other process ends the session", Token);
        }

        Assert.Equal((3, 0), await Used(second, "concurrentSandboxes"));
        await (await SessionClient.Open(second, Token)).End(Token);
        await pair.Restart(1, Token);
        await pair.Stop(Token);
    }

    [Fact]
    public async Task Jobs_BeyondTheQuotas_WaitAndThenAreRefused_AndAKillLeavesNoCountBehind()
    {
        using var data = new DataDirectory();
        var server = await SandboxServer.Start(data, Token);
        var key = await NewTenant(server, "red", new { concurrentSandboxes = 1, queuedJobs = 1, memoryBytes = 2L << 30 });
        var client = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), key);
        var running = await client.Submit(new { language = "bash", code = Endless }, Token);
        await Eventually.True(async () => (await client.Get(running.Id, Token)).Status == "running", "the job runs", Token);
        var waiting = await client.Submit(new { language = "bash", code = "echo next" }, Token);
        using (var refused = await client.Post(new { language = "bash", code = "true" }, Token))
            Assert.Equal(("queuedJobs", 1, 1), await QuotaOf(refused));
        using (var never = await client.Post(new { language = "bash", code = "true", limits = new { memoryBytes = 4L << 30 } }, Token))
            Assert.Equal("capacity_exceeded", await SessionClient.CodeOf(never, HttpStatusCode.UnprocessableEntity, Token));
        Assert.Equal((1, 1), await Used(client, "queuedJobs"));
        Assert.Equal((2L << 30, 512L << 20), await Used(client, "memoryBytes"));

        await server.Kill(Token);
        client.Dispose();
        server = await SandboxServer.Start(data, Token);
        client = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), key);

        Assert.Equal(((1, 1), (1, 1)), (await Used(client, "concurrentSandboxes"), await Used(client, "queuedJobs")));
        await client.Cancel(running.Id, Token);
        Assert.Equal(("succeeded", "next\n"), ((await client.End(waiting.Id, Token)).Status, (await client.Get(waiting.Id, Token)).Stdout));
        Assert.Equal(((1, 0), (1, 0)), (await Used(client, "concurrentSandboxes"), await Used(client, "queuedJobs")));
        client.Dispose();
        await server.Stop(Token);
    }

    [Fact]
    public async Task Burst_OfOneTenant_DelaysAnotherByItsTurnsOnly()
    {
        const int Slots = 2;
        const int Late = 4;
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token, ("Sandbox__Node__Slots", $"{Slots}"));
        using var red = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), await NewTenant(server, "red", new { }));
        using var blue = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), await NewTenant(server, "blue", new { }));
        var burst = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => red.Submit(new { language = "bash", code = "sleep 0.3" }, Token)));

        var late = await Task.WhenAll(Enumerable.Range(0, Late).Select(_ => blue.Submit(new { language = "bash", code = "true" }, Token)));

        var ended = await Task.WhenAll(late.Select(job => blue.End(job.Id, Token)));
        var from = (await blue.Http.GetFromJsonAsync<JsonElement>($"/v1/jobs/{late[0].Id}", Token)).GetProperty("createdAt").GetDateTimeOffset();
        var to = ended.Max(job => job.StartedAt)!.Value;
        var between = 0;
        foreach (var job in burst)
        {
            var its = await red.Get(job.Id, Token);
            between += its.StartedAt > from && its.StartedAt < to ? 1 : 0;
            await red.Cancel(job.Id, Token);
        }

        // One of the burst for each of the others, and those that were about to start.
        Assert.InRange(between, 0, Late + Slots + 1);
    }

    [Fact]
    public async Task Storage_BeyondTheQuota_IsNotKept()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        using var client = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), await NewTenant(server, "red", new { storageBytes = 100_000 }));

        var job = await client.Run(new
        {
            language = "bash", code = "head -c 90000 /dev/zero > a; head -c 90000 /dev/zero > b", artifacts = new[] { "a", "b" },
        }, Token);

        Assert.Equal("succeeded", job.Status);
        Assert.Equal("quota_exceeded", Assert.Single(job.SkippedArtifacts).Reason);
        Assert.Equal((100_000, 90_000), await Used(client, "storageBytes"));
        var session = await SessionClient.Open(client, Token);
        await session.Write("f", new byte[20_000], Token);
        using (var refused = await session.Post("/snapshot", Token))
            Assert.Equal(("storageBytes", 100_000, 90_000), await QuotaOf(refused));
        Assert.Equal((100_000, 90_000), await Used(client, "storageBytes"));
        Assert.Equal(HttpStatusCode.NoContent, await client.Delete($"/v1/artifacts/{job.Artifacts[0].Id}", Token));
        using (var kept = await session.Post("/snapshot", Token))
            Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
    }

    [Fact]
    public async Task Requests_BeyondTheRate_AreRefusedWithRetryAfter()
    {
        using var data = new DataDirectory();
        await using var server = await SandboxServer.Start(data, Token);
        using var client = new SandboxClient(server.Client.Http.BaseAddress!.ToString(), await NewTenant(server, "red", new { requestsPerSecond = 1, requestBurst = 2 }));
        HttpResponseMessage answer;
        do
            answer = await client.Http.GetAsync("/v1/usage", Token);
        while (answer.StatusCode == HttpStatusCode.OK);

        Assert.Equal("rate_limited", await SessionClient.CodeOf(answer, HttpStatusCode.TooManyRequests, Token));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(["2"], answer.Headers.GetValues("X-RateLimit-Limit"));
        Assert.Equal(HttpStatusCode.OK, await server.Client.StatusOf("/v1/usage", Token));
        Assert.Equal(HttpStatusCode.OK, await client.StatusOf("/health/ready", Token));
    }

    private static async Task<string> NewTenant(SandboxServer server, string tenant, object quotas)
    {
        var http = server.Client.Http;
        using var made = await http.PostAsJsonAsync("/v1/tenants", new { id = tenant, name = tenant }, Token);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var set = await http.PutAsJsonAsync($"/v1/tenants/{tenant}/quotas", quotas, Token);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/api-keys") { Content = JsonContent.Create(new { name = "test", role = "member" }) };
        request.Headers.Add("X-Tenant-Id", tenant);
        using var answer = await http.SendAsync(request, Token);
        return (await SessionClient.ReadAs<JsonElement>(answer, HttpStatusCode.Created, Token)).GetProperty("key").GetString()!;
    }

    private static async Task<(string Quota, long Limit, long Used)> QuotaOf(HttpResponseMessage refused)
    {
        var problem = await SessionClient.ReadAs<JsonElement>(refused, HttpStatusCode.TooManyRequests, Token);
        Assert.Equal("quota_exceeded", problem.GetProperty("code").GetString());
        var quota = problem.GetProperty("quota");
        return (quota.GetProperty("quota").GetString()!, quota.GetProperty("limit").GetInt64(), quota.GetProperty("used").GetInt64());
    }

    private static async Task<(long Limit, long Used)> Used(SandboxClient client, string quota)
    {
        var usage = (await client.Http.GetFromJsonAsync<JsonElement>("/v1/usage", Token)).GetProperty(quota);
        return (usage.GetProperty("limit").GetInt64(), usage.GetProperty("used").GetInt64());
    }
}
