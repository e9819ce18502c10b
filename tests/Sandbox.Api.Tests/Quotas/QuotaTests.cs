using System.Net;
using System.Text;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Quotas;

namespace Sandbox.Api.Tests.Quotas;

public sealed class QuotaTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MemoryQuotas Quotas => (MemoryQuotas)_server.Services.GetService(typeof(MemoryQuotas))!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Get_OfATenantWithoutAny_IsWhatTheInstallationHas()
    {
        var quotas = await (await _server.Client.Get("/v1/tenants/acme/quotas")).Json();

        Assert.Equal("acme", quotas.GetProperty("tenantId").GetString());
        Assert.Empty(quotas.GetProperty("overrides").EnumerateObject());
        Assert.Equal((1000, 100, 8.0), (
            quotas.GetProperty("effective").GetProperty("requestsPerSecond").GetInt32(),
            quotas.GetProperty("effective").GetProperty("concurrentSandboxes").GetInt32(),
            quotas.GetProperty("effective").GetProperty("cpu").GetDouble()));
    }

    [Fact]
    public async Task Put_SomeMembers_ReplacesWhatWasSetAndIsRecordedInTheTenant()
    {
        await Put("acme", """{"queuedJobs": 7}""");

        var set = await (await Put("acme", """{"cpu": 0.5, "memoryBytes": 1048576, "storageBytes": 0}""")).Json();

        Assert.Equal("""{"cpu":0.5,"memoryBytes":1048576,"storageBytes":0}""", set.GetProperty("overrides").GetRawText());
        Assert.Equal(500, set.GetProperty("effective").GetProperty("queuedJobs").GetInt32());
        Assert.Equal(set.GetRawText(), (await (await _server.Client.Get("/v1/tenants/acme/quotas")).Json()).GetRawText());
        var what = _server.Audit.Events.Last(entry => entry.Action == AuditActions.TenantQuotasChanged);
        Assert.Equal(("acme", "acme", AuditOutcomes.Succeeded), (what.TenantId, what.Resource.Id, what.Outcome));
        Assert.Equal(["cpu=0.5", "memoryBytes=1048576", "storageBytes=0"], what.Details.Select(detail => $"{detail.Key}={detail.Value}"));
    }

    [Theory]
    [InlineData("""{"requestsPerSecond": 0}""", "requestsPerSecond")]
    [InlineData("""{"requestBurst": -1}""", "requestBurst")]
    [InlineData("""{"concurrentSandboxes": 1000001}""", "concurrentSandboxes")]
    [InlineData("""{"cpu": "1"}""", "cpu")]
    [InlineData("""{"memoryBytes": 1.5}""", "memoryBytes")]
    [InlineData("""{"queuedJobs": 99999999999}""", "queuedJobs")]
    [InlineData("""{"storageBytes": 9223372036854775807}""", "storageBytes")]
    [InlineData("""{"disk": 1}""", "disk")]
    [InlineData("[]", "$")]
    public async Task Put_WrongMember_IsNamedAndNothingIsSet(string body, string field)
    {
        Assert.Equal([field], await (await Put("acme", body)).AssertInvalid());
        Assert.Empty((await (await _server.Client.Get("/v1/tenants/acme/quotas")).Json()).GetProperty("overrides").EnumerateObject());
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("Not-An-Id")]
    public async Task Put_OfATenantThatIsNot_IsNotFound(string tenant) =>
        await (await Put(tenant, "{}")).AssertProblem(HttpStatusCode.NotFound, "not_found");

    [Fact]
    public async Task Usage_OfTheTenant_HasEachQuotaWithItsUse()
    {
        Quotas.Use = new TenantUse(3, 2, 1500, 1024, 77);
        await Put("acme", """{"cpu": 2.5, "requestBurst": 10, "requestsPerSecond": 1}""");

        var usage = await (await _server.Client.Get("/v1/usage", ("X-Tenant-Id", "acme"))).Json();

        Assert.Equal("acme", usage.GetProperty("tenantId").GetString());
        Assert.Equal((100, 3), Of(usage, "concurrentSandboxes"));
        Assert.Equal((2.5m, 1.5m), Of(usage, "cpu"));
        Assert.Equal((1L << 40, 1024), Of(usage, "memoryBytes"));
        Assert.Equal((500, 2), Of(usage, "queuedJobs"));
        Assert.Equal((1L << 40, 77), Of(usage, "storageBytes"));
        // What an operator asks there counts for its own tenant.
        Assert.Equal((10, 0), Of(usage, "requestBurst"));
        Assert.Equal((1, 0), Of(usage, "requestsPerSecond"));
    }

    [Fact]
    public async Task Job_BeyondAQuota_IsTooManyRequestsThatNameIt()
    {
        cluster.Jobs.OnSubmit["beyond"] = static script => script.Refusal = new QuotaBreach(QuotaNames.QueuedJobs, 5, 5).ToRefusal(TimeSpan.FromSeconds(3));

        using var response = await _server.Client.PostJson("/v1/jobs", """{"language": "python", "code": "1", "metadata": {"script": "beyond"}}""");

        var problem = await response.AssertProblem(HttpStatusCode.TooManyRequests, RefusalCodes.QuotaExceeded);
        Assert.Equal("""{"quota":"queuedJobs","limit":5,"used":5}""", problem.GetProperty("quota").GetRawText());
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
    }

    private static (decimal Limit, decimal Used) Of(JsonElement usage, string quota) =>
        (usage.GetProperty(quota).GetProperty("limit").GetDecimal(), usage.GetProperty(quota).GetProperty("used").GetDecimal());

    private Task<HttpResponseMessage> Put(string tenant, string body) =>
        _server.Client.PutAsync($"/v1/tenants/{tenant}/quotas", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
}
