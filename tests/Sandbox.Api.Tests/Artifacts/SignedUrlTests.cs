using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Artifacts;

/// <summary>How signed URLs are asked for and answered. What opens and what does not is tried on the store and on a whole server.</summary>
public sealed class SignedUrlTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;
    private HttpClient _stranger = null!;
    private string _id = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ApiServer.Start(cluster, null, ("Sandbox:Artifacts:MaxUrlSeconds", "7200"));
        _stranger = _server.NewClient(key: null);
        _id = _server.Artifacts.Add("default", "a/<page>.html", "0123456789"u8.ToArray(), "text/html").Id;
    }

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Url_UsedTooOften_CountsForItsTenant()
    {
        var url = await NewUrl();
        using (var set = await _server.Client.PutJson("/v1/tenants/default/quotas", """{"requestsPerSecond": 1, "requestBurst": 2}"""))
            Assert.Equal(HttpStatusCode.OK, set.StatusCode);

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var response = await _stranger.Get(url);
            statuses.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
    }

    [Fact]
    public async Task Url_WithoutACredential_HasTheBytesAndEveryGuard()
    {
        var response = await _stranger.Get(await NewUrl());

        Assert.Equal("0123456789", await response.Text());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("_page_.html", response.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["default-src 'none'; sandbox"], response.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.Equal((true, true), (response.Headers.CacheControl!.NoStore, response.Headers.CacheControl.Private));
        Assert.Equal([$"sha-256=:{Convert.ToBase64String(SHA256.HashData("0123456789"u8))}:"], response.Headers.GetValues("Repr-Digest"));
    }

    [Fact]
    public async Task Url_PartsAndHead_AreServed()
    {
        var url = await NewUrl();

        var part = await _stranger.Get(url, ("Range", "bytes=2-4"));
        using var head = await _stranger.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.PartialContent, "234"), (part.StatusCode, await part.Text()));
        Assert.Equal((HttpStatusCode.OK, 10L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Create_Url_SaysWhatItIsAndForHowLong()
    {
        var before = DateTime.UtcNow;
        var response = await _server.Client.PostJson($"/v1/artifacts/{_id}/url", """{"expiresInSeconds": 60, "method": "HEAD"}""");

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var url = await response.Json();
        Assert.StartsWith("url_", url.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("HEAD", url.GetProperty("method").GetString());
        Assert.StartsWith($"{_server.Address}v1/artifacts/{_id}/signed?", url.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.InRange(url.GetProperty("expiresAt").GetDateTime(), before.AddSeconds(59), DateTime.UtcNow.AddSeconds(60));
    }

    [Fact]
    public async Task Create_WherePublicUrlIsSet_BeginsWithIt()
    {
        await using var server = await ApiServer.Start(cluster, null, ("Api:PublicUrl", "https://sandbox.example.com/base/"));
        var id = server.Artifacts.Add("default", "a", [1]).Id;

        var url = await (await server.Client.Post($"/v1/artifacts/{id}/url")).Json();

        Assert.StartsWith($"https://sandbox.example.com/base/v1/artifacts/{id}/signed?", url.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"expiresInSeconds": 0}""", "expiresInSeconds")]
    [InlineData("""{"expiresInSeconds": -5}""", "expiresInSeconds")]
    [InlineData("""{"expiresInSeconds": 7201}""", "expiresInSeconds")]
    [InlineData("""{"expiresInSeconds": 1e300}""", "expiresInSeconds")]
    [InlineData("""{"expiresInSeconds": "60"}""", "expiresInSeconds")]
    [InlineData("""{"method": "DELETE"}""", "method")]
    [InlineData("""{"method": "get"}""", "method")]
    [InlineData("""{"ttl": 60}""", "ttl")]
    [InlineData("[]", "$")]
    public async Task Create_WrongRequest_NamesTheMember(string body, string field) =>
        Assert.Equal([field], await (await _server.Client.PostJson($"/v1/artifacts/{_id}/url", body)).AssertInvalid());

    [Theory]
    [InlineData("")]
    [InlineData("?url=x&expires=1&signature=y")]
    [InlineData("?url=url_00000000000000000000000000&expires=9999999999&signature=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?url=url_00000000000000000000000000&expires=-1&signature=A")]
    [InlineData("?signature=%F0%9F%98%80")]
    public async Task Url_ThatIsNone_IsForbiddenAndTellsNothing(string query)
    {
        foreach (var id in new[] { _id, "art_00000000000000000000000000", "nonsense" })
        {
            var response = await _stranger.Get($"/v1/artifacts/{id}/signed{query}");
            var problem = await response.AssertProblem(HttpStatusCode.Forbidden, "url_invalid");
            Assert.Equal("The URL opens nothing.", problem.GetProperty("detail").GetString());
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task Revoke_OneOrAll_EndsThem()
    {
        var (one, other) = (await NewUrl(), await NewUrl());
        var id = QueryOf(one, "url");

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.Delete($"/v1/artifacts/{_id}/url/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _stranger.Get(one)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _stranger.Get(other)).StatusCode);
        await (await _server.Client.Delete($"/v1/artifacts/{_id}/url/{id}")).AssertProblem(HttpStatusCode.NotFound, "not_found");

        Assert.Equal(HttpStatusCode.NoContent, (await _server.Client.Delete($"/v1/artifacts/{_id}/url")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _stranger.Get(other)).StatusCode);
    }

    [Fact]
    public async Task Url_Used_IsOnTheRecordInTheNameOfWhoMadeIt()
    {
        var url = await NewUrl();

        await _stranger.Get(url);

        var used = Assert.Single(_server.Audit.Events, static what => what.Action == AuditActions.ArtifactUrlUsed);
        Assert.Equal(("default", "operator", AuditActor.SignedUrl, _id), (used.TenantId, used.Actor.AgentId, used.Actor.Role, used.Resource.Id));
        Assert.Equal(QueryOf(url, "url"), used.Details.Single(static detail => detail.Key == "url").Value);
        Assert.DoesNotContain(used.Details, detail => detail.Value.Contains(QueryOf(url, "signature"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Url_UseCannotBeRecorded_OpensNothing()
    {
        var url = await NewUrl();
        _server.Audit.Fails = true;

        Assert.Equal(HttpStatusCode.InternalServerError, (await _stranger.Get(url)).StatusCode);
    }

    [Fact]
    public async Task Url_Used_IsInNoLogAndNoTrace()
    {
        var tags = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                foreach (var tag in activity.TagObjects)
                    tags.Enqueue($"{tag.Key}={tag.Value}");
            },
        };
        ActivitySource.AddActivityListener(listener);
        var url = await NewUrl();
        var signature = QueryOf(url, "signature");
        // Its own activities would tell of the address that was asked.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = _server.Address };

        await client.Get(url);
        await client.Get(url.Replace(signature, $"{signature}x", StringComparison.Ordinal));
        _server.Audit.Fails = true;
        await client.Get(url);
        await _server.Stop();

        Assert.NotEmpty(tags);
        Assert.Contains(tags, static tag => tag.Contains("/signed", StringComparison.Ordinal));
        Assert.DoesNotContain(tags, tag => tag.Contains(signature, StringComparison.Ordinal));
        Assert.NotEmpty(_server.Logs.Lines);
        Assert.DoesNotContain(_server.Logs.Lines, line => line.Contains(signature, StringComparison.Ordinal));
    }

    private static string QueryOf(string url, string name) =>
        new Uri(url).Query.TrimStart('?').Split('&').Single(part => part.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    private async Task<string> NewUrl()
    {
        JsonElement made = await (await _server.Client.Post($"/v1/artifacts/{_id}/url")).Json();
        return made.GetProperty("url").GetString()!;
    }
}
