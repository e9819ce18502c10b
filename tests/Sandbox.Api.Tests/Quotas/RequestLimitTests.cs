using System.Net;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Quotas;

/// <summary>How many requests are answered. Buckets flow by the real clock: what is asserted holds however fast they do.</summary>
public sealed class RequestLimitTests(GrainCluster cluster)
{
    private const int Enough = 200;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WithinTheQuota_TellsWhatIsLeft()
    {
        await using var server = await ApiServer.Start(cluster);

        using var response = await server.Client.Get("/v1/jobs");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((2000, 1999), (Header(response, "X-RateLimit-Limit"), Header(response, "X-RateLimit-Remaining")));
        Assert.Equal(1, Header(response, "X-RateLimit-Reset"));
    }

    [Fact]
    public async Task Request_BeyondTheQuotaOfItsTenant_IsRefusedAndAnotherTenantIsNot()
    {
        await using var server = await ApiServer.Start(cluster);
        using var member = await NewMember(server, "acme");
        await SetQuotas(server, "acme", """{"requestsPerSecond": 1, "requestBurst": 3}""");

        using var refused = await UntilRefused(member, "/v1/jobs");

        await refused.AssertProblem(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal((3, 0), (Header(refused, "X-RateLimit-Limit"), Header(refused, "X-RateLimit-Remaining")));
        Assert.InRange(Header(refused, "X-RateLimit-Reset"), 1, 3);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.Get("/v1/jobs", ("X-Tenant-Id", "acme"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await member.Get("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await member.Get("/openapi/v1.json")).StatusCode);
    }

    [Fact]
    public async Task Request_ThatItsRoleMayNotMake_CountsAsWell()
    {
        await using var server = await ApiServer.Start(cluster);
        using var member = await NewMember(server, "acme");
        await SetQuotas(server, "acme", """{"requestsPerSecond": 1, "requestBurst": 1}""");

        using var refused = await UntilRefused(member, "/v1/audit/events");

        await refused.AssertProblem(HttpStatusCode.TooManyRequests, "rate_limited");
    }

    [Fact]
    public async Task Metrics_OfAnOperator_AreNotLimited()
    {
        await using var server = await ApiServer.Start(cluster);
        await SetQuotas(server, "default", """{"requestsPerSecond": 1, "requestBurst": 1}""");

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await server.Client.Get("/metrics")).StatusCode);
    }

    [Fact]
    public async Task SeveralProcesses_EachLetsThroughItsPart()
    {
        await using var server = await ApiServer.Start(cluster);
        ((MemoryQuotas)server.Services.GetService(typeof(MemoryQuotas))!).Processes = 4;

        using var response = await server.Client.Get("/v1/jobs");

        Assert.Equal(500, Header(response, "X-RateLimit-Limit"));
    }

    [Fact]
    public async Task Guesses_FromAnAddress_AreNotLookedAtAnyMore_AndKnownCredentialsGoOn()
    {
        await using var server = await ApiServer.Start(
            cluster, null, ("Authentication:StrangerRequestsPerSecond", "1"), ("Authentication:StrangerRequestBurst", "5"));
        using var known = await NewMember(server, "acme");
        Assert.Equal(HttpStatusCode.OK, (await known.Get("/v1/jobs")).StatusCode);
        using var unknown = await NewMember(server, "acme");
        using var stranger = server.NewClient(key: null);

        var guesses = 0;
        HttpResponseMessage answer;
        do
            answer = await stranger.Get("/v1/jobs", ("Authorization", $"Bearer guess-{guesses}"));
        while (answer.StatusCode == HttpStatusCode.Unauthorized && ++guesses < Enough);

        await answer.AssertProblem(HttpStatusCode.TooManyRequests, "rate_limited");
        // Also one that would be good is not: an answer that differs would tell.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await UntilRefused(unknown, "/v1/jobs", onceGuessed: stranger)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await known.Get("/v1/jobs")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.Get("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Key_ThatWasKnownAndIsRemoved_OpensNothing()
    {
        await using var server = await ApiServer.Start(cluster);
        var made = await (await server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "member"}""")).Json();
        using var client = server.NewClient(made.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);

        await server.Client.Delete($"/v1/api-keys/{made.GetProperty("id").GetString()}");

        await (await client.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static int Header(HttpResponseMessage response, string name) => int.Parse(response.Headers.GetValues(name).Single(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<HttpClient> NewMember(ApiServer server, string tenant)
    {
        var made = await server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "member"}""", ("X-Tenant-Id", tenant));
        return server.NewClient((await made.Json()).GetProperty("key").GetString());
    }

    private static async Task SetQuotas(ApiServer server, string tenant, string quotas)
    {
        using var set = await server.Client.PutAsync($"/v1/tenants/{tenant}/quotas", new StringContent(quotas, Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
    }

    // A request may flow back into the bucket at any moment.
    private static async Task<HttpResponseMessage> UntilRefused(HttpClient client, string path, HttpClient? onceGuessed = null)
    {
        for (var i = 0; ; i++)
        {
            if (onceGuessed is not null)
                await onceGuessed.Get("/v1/jobs", ("Authorization", "Bearer guess"));
            var answer = await client.Get(path);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests || i == Enough)
                return answer;
        }
    }
}
