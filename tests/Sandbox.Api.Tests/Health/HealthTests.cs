using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Health;

public sealed class HealthTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Ready_NothingToCheck_IsReady()
    {
        var response = await fixture.Server.Client.Get("/health/ready");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("ready", (await response.Json()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Ready_AFailedCheck_IsNamedWithoutItsException()
    {
        await using var server = await ApiServer.Start(fixture.Cluster, static services => services.AddHealthChecks()
            .AddCheck("database", static () => HealthCheckResult.Unhealthy("cannot write"))
            .AddCheck("thrown", static () => throw new InvalidOperationException("password=x"))
            .AddCheck("fine", static () => HealthCheckResult.Healthy()));

        var response = await server.Client.Get("/health/ready");

        var checks = (await response.AssertProblem(HttpStatusCode.ServiceUnavailable, "not_ready")).GetProperty("checks");
        Assert.Equal(["database", "thrown"], checks.EnumerateObject().Select(static check => check.Name).Order());
        Assert.Equal("cannot write", checks.GetProperty("database").GetString());
        Assert.DoesNotContain("password", await response.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_DegradedCheck_IsReadyAndSaysSo()
    {
        await using var server = await ApiServer.Start(fixture.Cluster, static services => services.AddHealthChecks()
            .AddCheck("gvisor", static () => HealthCheckResult.Degraded("missing")));

        var response = await server.Client.Get("/health/ready");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("degraded", (await response.Json()).GetProperty("checks").GetProperty("gvisor").GetString());
    }

    [Fact]
    public async Task Live_WithFailedChecks_IsLive()
    {
        await using var server = await ApiServer.Start(fixture.Cluster, static services => services.AddHealthChecks()
            .AddCheck("database", static () => HealthCheckResult.Unhealthy()));

        Assert.Equal(HttpStatusCode.OK, (await server.Client.Get("/health/live")).StatusCode);
    }

    [Fact]
    public async Task Metrics_AfterRequests_TagRoutesAndNotPaths()
    {
        await fixture.Server.Client.Get("/v1/jobs/job_a-path-that-a-stranger-chose");
        await fixture.Server.Client.Get("/a-route-that-a-stranger-chose");

        var response = await fixture.Server.Client.Get("/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Text();
        Assert.Contains("http_server_request_duration", text, StringComparison.Ordinal);
        Assert.Contains("http_route=\"/v1/jobs/{id}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("stranger", text, StringComparison.Ordinal);
    }
}
