using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Tests.Tenants;

public sealed class ApiKeyTests(GrainCluster cluster) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster, services => services.AddSingleton<TimeProvider>(_time));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Create_AKey_ShowsItOnceAndStoresItNowhere()
    {
        var (id, key) = await Make("""{"name": "ci", "role": "admin", "agentId": "builder"}""");
        using var client = _server.NewClient(key);

        Assert.Matches("^e2b_[0-9a-f]{40}$", key);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);
        var told = await (await client.Get($"/v1/api-keys/{id}")).Text();
        Assert.DoesNotContain(key[4..], told + await (await client.Get("/v1/api-keys")).Text(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"\"lastDigits\":\"{key[^4..]}\"", told, StringComparison.Ordinal);
        Assert.Contains("\"lastUsedAt\":\"2030-01-01T00:00:00Z\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain(key[4..], _server.Services.GetRequiredService<MemoryApiKeyStore>().Everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_server.Logs.Lines, line => line.Contains(key[4..], StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Delete_AKey_ClosesItAtOnce()
    {
        var (id, key) = await Make("""{"name": "n", "role": "member"}""");
        using var client = _server.NewClient(key);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.Delete($"/v1/api-keys/{id}")).StatusCode);

        await (await client.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        await (await _server.Client.Delete($"/v1/api-keys/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Key_Expired_OpensNothing()
    {
        var (_, key) = await Make("""{"name": "n", "role": "member", "expiresAt": "2030-01-01T01:00:00+00:00"}""");
        using var client = _server.NewClient(key);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);

        _time.Advance(TimeSpan.FromHours(1));

        await (await client.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_OfAKeyThatIsRemovedOrExpires_IsCut(bool expires)
    {
        var (id, key) = await Make("""{"name": "n", "role": "member", "expiresAt": "2030-01-01T01:00:00Z"}""");
        using var client = _server.NewClient(key);
        var (job, _) = cluster.Jobs.Create(JobStatus.Running);
        using var response = await client.Get($"/v1/jobs/{job}/events", ("Accept", "text/event-stream"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var stream = await response.Content.ReadAsStreamAsync(Cancel);

        if (expires)
            _time.Advance(TimeSpan.FromHours(1));
        else
            await _server.Client.Delete($"/v1/api-keys/{id}");
        var reading = stream.CopyToAsync(Stream.Null, Cancel);
        while (!reading.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.WhenAny(reading, Task.Delay(10, Cancel));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => reading);
    }

    [Theory]
    [InlineData("operator", "operator", true)]
    [InlineData("admin", "operator", false)]
    [InlineData("admin", "admin", true)]
    [InlineData("admin", "auditor", true)]
    public async Task Create_AKey_IsNeverAboveItsMaker(string own, string wanted, bool made)
    {
        var (_, key) = await Make($$"""{"name": "n", "role": "{{own}}"}""");
        using var client = _server.NewClient(key);

        var response = await client.PostJson("/v1/api-keys", $$"""{"name": "n", "role": "{{wanted}}"}""");

        if (made)
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        else
            await response.AssertProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Key_OfAnOperator_IsNotToldToAdmins()
    {
        var (hidden, _) = await Make("""{"name": "n", "role": "operator"}""");
        var (_, key) = await Make("""{"name": "n", "role": "admin"}""");
        using var client = _server.NewClient(key);

        await (await client.Get($"/v1/api-keys/{hidden}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await client.Delete($"/v1/api-keys/{hidden}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
        Assert.DoesNotContain(hidden, await (await client.Get("/v1/api-keys")).Text(), StringComparison.Ordinal);
        Assert.Contains(hidden, await (await _server.Client.Get("/v1/api-keys")).Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "name role")]
    [InlineData("""{"name": "", "role": "root"}""", "name role")]
    [InlineData("""{"name": "n", "role": "member", "tenantId": "acme"}""", "tenantId")]
    [InlineData("""{"name": "n", "role": "member", "agentId": "a\u0000"}""", "agentId")]
    [InlineData("""{"name": "n", "role": "member", "expiresAt": "2029-12-31T23:59:59Z"}""", "expiresAt")]
    [InlineData("""{"name": "n", "role": "member", "expiresAt": "tomorrow"}""", "expiresAt")]
    [InlineData("""{"name": "n", "role": "member", "expiresAt": "2031-01-01T00:00:00"}""", "expiresAt")]
    [InlineData("""{"name": 1, "role": []}""", "name role")]
    [InlineData("""{"name": "n", "role": "member", "policy": "../x"}""", "policy")]
    [InlineData("""{"name": "n", "role": "admin", "policy": "strict"}""", "policy")]
    public async Task Create_ABadKey_NamesWhatIsWrong(string body, string fields) =>
        Assert.Equal(fields.Split(' '), await (await _server.Client.PostJson("/v1/api-keys", body)).AssertInvalid());

    [Theory]
    [InlineData("""{"id": "Acme", "name": "n"}""", "id")]
    [InlineData("""{"id": "../x", "name": "n"}""", "id")]
    [InlineData("""{"id": "a", "name": " "}""", "name")]
    [InlineData("""{}""", "id name")]
    public async Task Create_ABadTenant_NamesWhatIsWrong(string body, string fields) =>
        Assert.Equal(fields.Split(' '), await (await _server.Client.PostJson("/v1/tenants", body)).AssertInvalid());

    [Fact]
    public async Task Create_ATenant_CanBeActedIn()
    {
        Assert.Equal(HttpStatusCode.Created, (await _server.Client.PostJson("/v1/tenants", """{"id": "new", "name": "New"}""")).StatusCode);
        await (await _server.Client.PostJson("/v1/tenants", """{"id": "new", "name": "Again"}""")).AssertProblem(HttpStatusCode.Conflict, "tenant_exists");

        var made = await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "admin"}""", ("X-Tenant-Id", "new"));
        using var client = _server.NewClient((await made.Json()).GetProperty("key").GetString());
        Assert.Contains("\"tenantId\":\"new\"", await (await client.Get("/v1/api-keys")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_WithAPolicy_SaysSoToTheGrain()
    {
        var (id, key) = await Make("""{"name": "n", "role": "member", "policy": "strict"}""");
        using var client = _server.NewClient(key);

        var job = await (await client.PostJson("/v1/jobs", """{"language": "python", "code": "1"}""")).Json();

        Assert.Equal("strict", cluster.Jobs.Find(job.GetProperty("id").GetString()!)!.Submitted!.Value.Caller.Policy);
        Assert.Equal("strict", (await (await _server.Client.Get($"/v1/api-keys/{id}")).Json()).GetProperty("policy").GetString());
    }

    [Fact]
    public async Task List_OfKeys_Pages()
    {
        for (var i = 0; i < 3; i++)
        {
            await Make($$"""{"name": "n{{i}}", "role": "member"}""");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await (await _server.Client.Get("/v1/api-keys?limit=2")).Json();
        var rest = await (await _server.Client.Get($"/v1/api-keys?limit=2&cursor={first.GetProperty("nextCursor").GetString()}")).Json();

        Assert.Equal(["n2", "n1", "n0"], first.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).Select(static key => key.GetProperty("name").GetString()));
        Assert.False(rest.TryGetProperty("nextCursor", out _));
        await (await _server.Client.Get("/v1/api-keys?cursor=x")).AssertProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    private async Task<(string Id, string Key)> Make(string body)
    {
        var response = await _server.Client.PostJson("/v1/api-keys", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var made = await response.Json();
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }
}
