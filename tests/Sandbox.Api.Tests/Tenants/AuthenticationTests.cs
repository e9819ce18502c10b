using System.Net;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Tenants;

public sealed class AuthenticationTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    public static TheoryData<string?, string?> BadCredentials => new()
    {
        { null, null },
        { "Authorization", "Bearer wrong-key-wrong-key-wrong-key" },
        { "Authorization", "Bearer" },
        { "Authorization", "Bearer " },
        { "Authorization", $"Basic {ApiServer.Key}" },
        { "Authorization", ApiServer.Key },
        { "Authorization", $"Bearer {ApiServer.Key}x" },
        { "Authorization", $"Bearer {ApiServer.Key[..^1]}" },
        { "Authorization", $"Bearer {ApiServer.Key.ToUpperInvariant()}" },
        { "X-API-Key", "wrong" },
        { "X-API-Key", "" },
        { "X-API-Key", new string('x', 8000) },
        { "Cookie", $"key={ApiServer.Key}" },
    };

    [Theory]
    [MemberData(nameof(BadCredentials))]
    public async Task EveryRoute_WithoutAGoodCredential_IsUnauthenticated(string? header, string? value)
    {
        using var stranger = fixture.Server.NewClient(key: null);
        if (header is not null)
            stranger.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        foreach (var path in new[] { "/v1/jobs", "/v1/jobs/job_x", "/v1/jobs/job_x/events", "/v1/artifacts/art_x/content", "/metrics", "/unheard-of", "/" })
        {
            var response = await stranger.Get(path);
            await response.AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
        await (await stranger.PostJson("/v1/jobs", "{")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + ApiServer.Key)]
    [InlineData("Authorization", "bearer " + ApiServer.Key)]
    [InlineData("X-API-Key", ApiServer.Key)]
    [InlineData("x-api-key", ApiServer.Key)]
    public async Task List_WithTheOperatorKey_IsAnswered(string header, string value)
    {
        using var client = fixture.Server.NewClient(key: null);
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task OpenRoute_WithoutCredential_IsAnswered(string path)
    {
        using var stranger = fixture.Server.NewClient(key: null);

        Assert.Equal(HttpStatusCode.OK, (await stranger.Get(path)).StatusCode);
    }

    [Theory]
    [InlineData("default", HttpStatusCode.OK, null)]
    [InlineData("acme", HttpStatusCode.OK, null)]
    [InlineData("absent", HttpStatusCode.NotFound, "tenant_not_found")]
    [InlineData("a-b_9", HttpStatusCode.NotFound, "tenant_not_found")]
    [InlineData("Default", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("a b", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("../x", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", HttpStatusCode.BadRequest, "invalid_request")]
    public async Task List_InATenant_DependsOnTheTenant(string tenant, HttpStatusCode status, string? code)
    {
        var response = await fixture.Server.Client.Get("/v1/jobs", ("X-Tenant-Id", tenant));

        if (code is null)
            Assert.Equal(status, response.StatusCode);
        else
            await response.AssertProblem(status, code);
    }

    [Fact]
    public async Task Start_WithoutAKeyFile_MakesOneForItsOwnerAlone()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "new", "operator.key");
        await using var server = await ApiServer.Start(fixture.Cluster, null, ("Authentication:OperatorKeyFile", path));

        var key = (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).Trim();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        using var client = server.NewClient(key);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Contains(key, StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Start_KeyFileOpenToOthers_Fails(UnixFileMode opened)
    {
        var path = ApiServer.NewKeyFile();
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | opened);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiServer.Start(fixture.Cluster, null, ("Authentication:OperatorKeyFile", path)));

        Assert.Contains("chmod 600", failure.Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public async Task Start_ShortKey_Fails()
    {
        var path = ApiServer.NewKeyFile();
        await File.WriteAllTextAsync(path, "short\n", TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiServer.Start(fixture.Cluster, null, ("Authentication:OperatorKeyFile", path)));

        Assert.DoesNotContain("short\n", failure.Message, StringComparison.Ordinal);
        File.Delete(path);
    }
}
