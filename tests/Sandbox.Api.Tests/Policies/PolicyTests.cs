using System.Net;
using System.Text;
using Sandbox.Api.Tests.Testing;

namespace Sandbox.Api.Tests.Policies;

public sealed class PolicyTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly string _path = $"/v1/policies/p{Guid.NewGuid():N}";

    private HttpClient Client => fixture.Server.Client;

    public static TheoryData<string, string> Wrong => new()
    {
        { "[]", "$" },
        { """{"language": ["python"]}""", "language" },
        { """{"languages": "python"}""", "languages" },
        { """{"languages": ["python", 1]}""", "languages[1]" },
        { """{"limits": {"memory": 1}}""", "limits.memory" },
        { """{"limits": {"memoryBytes": "1"}}""", "limits.memoryBytes" },
        { """{"limits": {"memoryBytes": 1.5}}""", "limits.memoryBytes" },
        { """{"limits": {"processes": 3000000000}}""", "limits.processes" },
        { """{"ttl": {"maxSeconds": "1h", "max": 1}}""", "ttl.max ttl.maxSeconds" },
        { """{"egress": []}""", "egress" },
        { """{"egress": {"deny": []}}""", "egress.deny" },
        { """{"egress": {"allow": ["a.example"]}}""", "egress.allow[0]" },
        { """{"egress": {"allow": [{"host": "a.example"}, {"hosts": []}]}}""", "egress.allow[1].hosts" },
        { """{"egress": {"allow": [{"host": "a.example", "ports": [443, "80"]}]}}""", "egress.allow[0].ports[1]" },
        { """{"packages": {"python": ["numpy"], "ruby": {}}}""", "packages.python packages.ruby" },
        { """{"packages": {"node": {"allow": [{}]}}}""", "packages.node.allow[0]" },
        { """{"packages": {"dependencies": true}}""", "packages.dependencies" },
        { """{"secrets": "A"}""", "secrets" },
        { """{"services": {"allowed": 1, "ports": [1.5]}}""", "services.allowed services.ports[0]" },
        { """{"artifacts": {"maxBytes": -0.5}}""", "artifacts.maxBytes" },
        { """{"concurrency": "many"}""", "concurrency" },
        { """{"opa": {"path": 7, "url": "http://a.example"}}""", "opa.path opa.url" },
    };

    [Fact]
    public async Task Put_ThenGet_IsWhatWasStoredWithItsVersion()
    {
        const string Document = """
            {"languages":["python"],"limits":{"cpu":0.5},"ttl":{"maxSeconds":60},"egress":{"allow":[{"host":"a.example","ports":[443]},{"cidr":"10.0.0.0/8"}]},"packages":{"python":{"allow":["numpy"]},"dependencies":"listed"},"secrets":["T"],"services":{"allowed":false},"artifacts":{"maxBytes":7},"concurrency":2,"opa":{"path":"sandbox/admit"}}
            """;
        var first = await Put(Document);
        var second = await Put(Document);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(("\"1\"", "\"2\""), (first.Headers.ETag!.Tag, second.Headers.ETag!.Tag));
        Assert.Equal(_path, first.Headers.Location!.ToString());
        var read = await Client.Get(_path);
        Assert.Equal("\"2\"", read.Headers.ETag!.Tag);
        var policy = await read.Json();
        Assert.Equal(Document.Trim(), policy.GetProperty("document").GetRawText());
        Assert.False(policy.GetProperty("removed").GetBoolean());
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task Put_WrongMembers_NamesExactlyThem(string document, string paths) =>
        Assert.Equal(paths.Split(' '), await (await Put(document)).AssertInvalid());

    [Fact]
    public async Task Put_WhatTheGrainRefuses_NamesEveryMember() =>
        Assert.Equal(["concurrency", "egress.allow[2].host"], await (await Put("""{"concurrency": 0}""")).AssertInvalid());

    [Fact]
    public async Task Put_AnImpossibleName_IsRefused() =>
        Assert.Equal(["name"], await (await Send(HttpMethod.Put, "/v1/policies/Strict", "{}")).AssertInvalid());

    [Fact]
    public async Task Put_AnotherType_IsUnsupported()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, _path) { Content = new StringContent("{}", Encoding.UTF8, "text/plain") };
        await (await Client.SendAsync(request, TestContext.Current.CancellationToken)).AssertProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Put_TooLarge_IsRefused() =>
        await (await Put($$"""{"languages": ["{{new string('a', 64 * 1024)}}"]}""")).AssertProblem(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");

    [Theory]
    [InlineData("If-Match", "*", false, true)]
    [InlineData("If-Match", "\"1\"", false, true)]
    [InlineData("If-Match", "\"7\", \"1\"", false, true)]
    [InlineData("If-Match", "\"2\"", false, false)]
    [InlineData("If-Match", "W/\"1\"", false, false)]
    [InlineData("If-Match", "\"x\"", false, false)]
    [InlineData("If-Match", "\"99999999999999999999\"", false, false)]
    [InlineData("If-Match", "*", true, false)]
    [InlineData("If-None-Match", "*", false, false)]
    [InlineData("If-None-Match", "*", true, true)]
    public async Task PutAndDelete_Guarded_HappenOnlyAsExpected(string header, string value, bool absent, bool happens)
    {
        if (!absent)
            await Put("{}");
        var put = await Send(HttpMethod.Put, _path, "{}", (header, value));
        if (!happens)
            await put.AssertProblem(HttpStatusCode.PreconditionFailed, "policy_changed");
        else
            Assert.True(put.IsSuccessStatusCode, await put.Text());
        if (!absent && !happens)
            await (await Send(HttpMethod.Delete, _path, null, (header, value))).AssertProblem(HttpStatusCode.PreconditionFailed, "policy_changed");
    }

    [Theory]
    [InlineData("If-Match", "1")]
    [InlineData("If-None-Match", "\"1\"")]
    public async Task Put_GuardThatIsNone_IsRefused(string header, string value) =>
        Assert.Equal([header], await (await Send(HttpMethod.Put, _path, "{}", (header, value))).AssertInvalid());

    [Fact]
    public async Task Delete_APolicy_LeavesItsVersions()
    {
        await Put("""{"concurrency": 2}""");

        Assert.Equal(HttpStatusCode.NoContent, (await Client.Delete(_path)).StatusCode);

        await (await Client.Get(_path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
        await (await Client.Delete(_path)).AssertProblem(HttpStatusCode.NotFound, "not_found");
        var versions = (await (await Client.Get($"{_path}/versions")).Json()).GetProperty("items");
        Assert.Equal([(2, true), (1, false)], versions.EnumerateArray().Select(item => (item.GetProperty("version").GetInt32(), item.GetProperty("removed").GetBoolean())));
        Assert.Equal(2, (await (await Client.Get($"{_path}/versions/1")).Json()).GetProperty("document").GetProperty("concurrency").GetInt32());
        foreach (var version in new[] { "3", "0", "-1", "x" })
            await (await Client.Get($"{_path}/versions/{version}")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Versions_InPages_ComeLastFirst()
    {
        for (var i = 0; i < 3; i++)
            await Put("{}");

        var first = await (await Client.Get($"{_path}/versions?limit=2")).Json();
        var cursor = first.GetProperty("nextCursor").GetString();
        var second = await (await Client.Get($"{_path}/versions?limit=2&cursor={cursor}")).Json();

        Assert.Equal([3, 2, 1], first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(item => item.GetProperty("version").GetInt32()));
        Assert.False(second.TryGetProperty("nextCursor", out _));
        Assert.Equal(["cursor"], await (await Client.Get($"/v1/policies?cursor={cursor}x")).AssertInvalid());
        await (await Client.Get("/v1/policies/none/versions")).AssertProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task List_InPages_HasEveryPresentPolicyOnce()
    {
        for (var i = 0; i < 3; i++)
            await Send(HttpMethod.Put, $"{_path}{i}", "{}");
        await Client.Delete($"{_path}1");

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await Client.Get($"/v1/policies?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}")).Json();
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        var prefix = _path["/v1/policies/".Length..];
        Assert.Equal([$"{prefix}0", $"{prefix}2"], names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    private Task<HttpResponseMessage> Put(string document) => Send(HttpMethod.Put, _path, document);

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
