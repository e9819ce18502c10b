using System.Net;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Services;

public sealed class ServiceTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Request = """{"command": ["serve"], "port": 8000}""";

    private HttpClient Client => fixture.Server.Client;

    /// <summary>Requests for a service, and the paths that the answer must name, all and no other.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "[]", "$" },
        { "{}", "command language port" },
        { """{"command": ["a"], "language": "python", "port": 8000}""", "command language" },
        { """{"command": [], "port": 8000}""", "command" },
        { """{"language": "cobol", "code": "1", "port": 8000}""", "language" },
        { """{"language": "python", "port": 8000}""", "code" },
        { """{"command": ["a"], "code": "1", "port": 8000}""", "code" },
        { """{"command": ["a"], "port": 0}""", "port" },
        { """{"command": ["a"], "port": 65536}""", "port" },
        { """{"command": ["a"], "port": 3128}""", "port" },
        { """{"command": ["a"], "port": "8000"}""", "port" },
        { """{"command": ["a"], "port": 8000, "ttlSeconds": 0}""", "ttlSeconds" },
        { """{"command": ["a"], "port": 8000, "health": {"path": "x"}}""", "health.path" },
        { """{"command": ["a"], "port": 8000, "health": {"path": "/a b"}}""", "health.path" },
        { """{"command": ["a"], "port": 8000, "health": {"intervalSeconds": 0, "timeoutSeconds": 61, "startSeconds": 0, "x": 1}}""", "health.intervalSeconds health.startSeconds health.timeoutSeconds health.x" },
        { """{"command": ["a"], "port": 8000, "restart": {"maxAttempts": 0}}""", "restart.maxAttempts" },
        { """{"command": ["a"], "port": 8000, "files": [{"path": "../x", "content": ""}]}""", "files[0].path" },
        { """{"language": "python", "code": "1", "port": 8000, "files": [{"path": "service.py", "content": ""}]}""", "files[0].path" },
        { """{"command": ["a"], "port": 8000, "idleSeconds": 5, "stdin": ""}""", "idleSeconds stdin" },
        { """{"command": ["a"], "port": 8000, "isolation": "none", "env": {"A=B": "x"}, "metadata": {"": "x"}}""", "env.A=B isolation metadata." },
    };

    [Fact]
    public async Task Create_Accepted_TellsItsAddressAndItsTokenOnce()
    {
        var response = await Client.PostJson("/v1/services", Request);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var service = await response.Json();
        var id = service.GetProperty("id").GetString();
        Assert.Equal($"/v1/services/{id}", response.Headers.Location!.ToString());
        Assert.Equal($"{Client.BaseAddress}v1/services/{id}/proxy/", service.GetProperty("proxyUrl").GetString());
        Assert.StartsWith("svt_", service.GetProperty("token").GetString(), StringComparison.Ordinal);
        Assert.False(service.TryGetProperty("hostUrl", out _));
        var again = await (await Client.Get($"/v1/services/{id}")).Json();
        Assert.False(again.TryGetProperty("token", out _));
        Assert.Equal(("running", 8000, 5), (again.GetProperty("status").GetString(), again.GetProperty("port").GetInt32(), again.GetProperty("maxAttempts").GetInt32()));
    }

    [Fact]
    public async Task Create_WithAKey_MakesOneService()
    {
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await (await Client.PostJson("/v1/services", Request, key)).Json();
        var second = await Client.PostJson("/v1/services", Request, key);
        var other = await Client.PostJson("/v1/services", """{"command": ["other"], "port": 8000}""", key);

        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        var replayed = await second.Json();
        Assert.Equal(first.GetProperty("id").GetString(), replayed.GetProperty("id").GetString());
        Assert.False(replayed.TryGetProperty("token", out _));
        await other.AssertProblem(HttpStatusCode.Conflict, "idempotency_key_reused");
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Create_Wrong_NamesEveryMember(string body, string fields)
    {
        var response = await Client.PostJson("/v1/services", body);
        Assert.Equal(fields.Split(' '), await response.AssertInvalid());
    }

    [Fact]
    public async Task Logs_AreBytesFromAnOffset_OrEventsOfAllAttempts()
    {
        var id = await New();

        var bytes = await Client.Get($"/v1/services/{id}/logs?from=2&attempt=1");
        var events = await Client.Get($"/v1/services/{id}/logs", ("Accept", "text/event-stream"));
        var resumed = await Client.Get($"/v1/services/{id}/logs?from=1.1", ("Accept", "text/event-stream"));

        Assert.Equal(("id", "1", "4"), (await bytes.Text(), bytes.Headers.GetValues("Output-Attempt").Single(), bytes.Headers.GetValues("Output-Total").Single()));
        var text = await events.Text();
        Assert.Contains("id: 1.1\n", text, StringComparison.Ordinal);
        Assert.Contains("said 1", text, StringComparison.Ordinal);
        Assert.Contains("id: 2.1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("said 1", await resumed.Text(), StringComparison.Ordinal);
        Assert.Equal(["from"], await (await Client.Get($"/v1/services/{id}/logs?from=x", ("Accept", "text/event-stream"))).AssertInvalid());
        Assert.Equal(["stream"], await (await Client.Get($"/v1/services/{id}/logs?stream=x")).AssertInvalid());
    }

    [Fact]
    public async Task Token_OpensTheProxyOfItsService_AndNothingElse()
    {
        var (id, token) = await NewWithToken();
        var (other, _) = await NewWithToken();
        using var holder = fixture.Server.NewClient(token);

        // It was let in, and there is no sandbox here.
        await (await holder.Get($"/v1/services/{id}/proxy/")).AssertProblem(HttpStatusCode.ServiceUnavailable, "sandbox_unreachable");
        await (await holder.Get($"/v1/services/{other}/proxy/")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
        foreach (var path in new[] { $"/v1/services/{id}", $"/v1/services/{id}/logs", "/v1/services", "/v1/jobs", "/v1/usage", $"/v1/sessions/ses_{id[4..]}/ports/8000/proxy/" })
            await (await holder.Get(path)).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task Token_Revoked_OpensNothing()
    {
        var (id, _) = await NewWithToken();
        var made = await (await Client.PostJson($"/v1/services/{id}/tokens", """{"expiresInSeconds": 60}""")).Json();
        using var holder = fixture.Server.NewClient(made.GetProperty("token").GetString());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await holder.Get($"/v1/services/{id}/proxy/")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete($"/v1/services/{id}/tokens/{made.GetProperty("id").GetString()}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await holder.Get($"/v1/services/{id}/proxy/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Client.Delete($"/v1/services/{id}/tokens/{made.GetProperty("id").GetString()}")).StatusCode);
        Assert.Equal(["expiresInSeconds"], await (await Client.PostJson($"/v1/services/{id}/tokens", """{"expiresInSeconds": 0}""")).AssertInvalid());
    }

    private async Task<string> New() => (await NewWithToken()).Id;

    private async Task<(string Id, string Token)> NewWithToken()
    {
        JsonElement made = await (await Client.PostJson("/v1/services", Request)).Json();
        return (made.GetProperty("id").GetString()!, made.GetProperty("token").GetString()!);
    }
}
