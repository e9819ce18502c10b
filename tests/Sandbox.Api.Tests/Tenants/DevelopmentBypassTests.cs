using System.ComponentModel.DataAnnotations;
using System.Net;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Tenants;

public sealed class DevelopmentBypassTests(GrainCluster cluster)
{
    private static readonly (string, string) On = ("Authentication:DevelopmentBypass", "true");

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    public async Task Start_WithTheBypassOutsideOfDevelopment_Fails(string environment)
    {
        var failure = await Assert.ThrowsAsync<ValidationException>(() => ApiServer.Start(cluster, environment, null, On));

        Assert.Contains("Authentication:DevelopmentBypass", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithoutCredential_IsLetInAndRecordedEachTime()
    {
        await using var server = await ApiServer.Start(cluster, "Development", null, On);
        using var stranger = server.NewClient(key: null);

        Assert.Contains(server.Logs.Lines, static line => line.Contains("THE DEVELOPMENT BYPASS IS ON", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await stranger.Get("/v1/jobs")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.Get("/v1/tenants")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.Get("/health/live")).StatusCode);
        Assert.Equal(
            ["GET /v1/jobs", "GET /v1/tenants"],
            server.Audit.Events.Where(static what => what.Action == AuditActions.AccessBypassed).Select(static what => what.Resource.Id));
    }

    [Fact]
    public async Task Request_ThatCannotBeRecorded_IsNotLetIn()
    {
        await using var server = await ApiServer.Start(cluster, "Development", null, On);
        using var stranger = server.NewClient(key: null);
        server.Audit.Fails = true;

        await (await stranger.Get("/v1/jobs")).AssertProblem(HttpStatusCode.InternalServerError, "internal_error");
    }

    [Theory]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("X-API-Key", "")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "evil.example")]
    public async Task Request_WithABadCredentialOrFromAPage_IsNotLetIn(string header, string value)
    {
        await using var server = await ApiServer.Start(cluster, "Development", null, On);
        using var stranger = server.NewClient(key: null);

        await (await stranger.Get("/v1/jobs", (header, value))).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Request_WithoutTheSetting_IsNotLetIn()
    {
        await using var server = await ApiServer.Start(cluster, "Development");
        using var stranger = server.NewClient(key: null);

        await (await stranger.Get("/v1/jobs")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }
}
