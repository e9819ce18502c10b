using System.Net;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Jobs;

namespace Sandbox.Api.Tests.Jobs;

public sealed class CreateJobTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Hello = """{"language": "python", "code": "print(1)"}""";

    private HttpClient Client => fixture.Server.Client;

    [Fact]
    public async Task Create_Minimal_AnswersAcceptedWithLocationAndJob()
    {
        var response = await Client.PostJson("/v1/jobs", Hello);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var job = await response.Json();
        var id = job.GetProperty("id").GetString()!;
        Assert.Equal($"/v1/jobs/{id}", response.Headers.Location?.ToString());
        Assert.Equal("queued", job.GetProperty("status").GetString());
        Assert.False(response.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Create_Minimal_SubmitsDefaultsForTheCaller()
    {
        var response = await Client.PostJson("/v1/jobs", Hello);

        var (caller, spec, _) = fixture.Jobs.Find((await response.Json()).GetProperty("id").GetString()!)!.Submitted!.Value;
        Assert.Equal(("default", "operator", "operator"), (caller.TenantId, caller.AgentId, caller.Role));
        Assert.Equal("python", spec.Language);
        Assert.Equal("print(1)", spec.Code);
        Assert.Null(spec.Command);
        Assert.Equal("standard", spec.Isolation);
        Assert.Equal(TestPlatform.Defaults, spec.Limits);
        Assert.Equal(1, spec.MaxAttempts);
        Assert.Empty(spec.Args);
        Assert.Empty(spec.Env);
        Assert.Empty(spec.Files);
    }
}
