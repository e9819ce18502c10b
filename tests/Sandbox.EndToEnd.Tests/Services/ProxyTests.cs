using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>What goes through to a service and back, and what does not.</summary>
public sealed class ProxyTests(ProxyTests.Fixture fixture) : IClassFixture<ProxyTests.Fixture>
{
    private const string Domain = "services.test";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ServiceClient Python => fixture.Python;

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("REPORT")]
    public async Task Request_OfAnyMethod_ArrivesAsItWasSent(string method)
    {
        var body = method == "GET" ? null : new StringContent("twelve bytes");
        using var answer = await Python.Send(new HttpMethod(method), "/a%2Fb//c/%20?q=%20x&q=2", Token, body);

        var said = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal((method, "/a%2Fb//c/%20?q=%20x&q=2"), (said.GetProperty("method").GetString(), said.GetProperty("path").GetString()));
        Assert.Equal(method == "GET" ? 0 : 12, said.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Request_Headers_AreThoseOfAProxyAndNoCredentials()
    {
        using var client = Python.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Python.Path}/proxy/");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {fixture.Key}");
        foreach (var (name, value) in new[]
        {
            ("X-API-Key", fixture.Key), ("X-Service-Token", "svt_wrong"), ("X-Tenant-Id", "default"), ("X-Forwarded-For", "6.6.6.6"), ("Forwarded", "for=6.6.6.6"),
            ("X-Forwarded-Prefix", "/evil"), ("X-Real-IP", "6.6.6.6"), ("X-Hop", "gone"), ("Connection", "X-Hop"), ("Cookie", "mine=1; sandbox_token=svt_x; other=2"),
            ("Sandbox-Client-Address", "6.6.6.6"), ("X-Mine", "stays"), ("TE", "trailers"), ("Keep-Alive", "9"), ("Proxy-Authorization", "Basic eA=="),
        })
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.Remove("X-Service-Token");

        using var answer = await client.SendAsync(request, Token);
        var headers = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("headers").EnumerateArray()
            .ToDictionary(pair => pair[0].GetString()!, pair => pair[1].GetString()!, StringComparer.OrdinalIgnoreCase);

        Assert.Equal("localhost:8000", headers["Host"]);
        Assert.Equal(("127.0.0.1", "http", client.BaseAddress!.Authority, $"{Python.Path}/proxy"),
            (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"], headers["X-Forwarded-Host"], headers["X-Forwarded-Prefix"]));
        Assert.Equal(("mine=1; other=2", "stays"), (headers["Cookie"], headers["X-Mine"]));
        string[] withheld = ["Authorization", "X-API-Key", "X-Service-Token", "X-Tenant-Id", "Forwarded", "X-Real-IP", "X-Hop", "Sandbox-Client-Address", "Keep-Alive", "Proxy-Authorization"];
        Assert.All(withheld, name => Assert.DoesNotContain(name, headers.Keys, StringComparer.OrdinalIgnoreCase));
        Assert.DoesNotContain(headers.Values, value => value.Contains(fixture.Key, StringComparison.Ordinal) || value.Contains("6.6.6.6", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Headers_BeyondAscii_PassByteByByte()
    {
        const string Bytes = "\u00c3\u00a9 \u00ff";

        var answer = await Python.Raw($"GET {Python.Path}/proxy/ HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\nX-Text: {Bytes[..2]}\nConnection: close\n", Token);
        var named = await Python.Raw($"GET {Python.Path}/proxy/cookies HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\nConnection: close\n", Token);

        Assert.Contains("[\"X-Text\", \"\\u00c3\\u00a9\"]", answer, StringComparison.Ordinal);
        Assert.Contains($"X-Text: {Bytes}\r\n", named, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_Headers_AreConfinedToTheService()
    {
        using var cookies = await Python.Send(HttpMethod.Get, "/cookies", Token);
        using var moved = await Python.Send(HttpMethod.Get, "/move", Token);
        using var missing = await Python.Send(HttpMethod.Get, "/missing", Token);

        Assert.Equal([$"a=1; HttpOnly; Path={Python.Path}/proxy/deep"], cookies.Headers.GetValues("Set-Cookie"));
        Assert.False(cookies.Headers.Contains("Strict-Transport-Security") || cookies.Headers.Contains("X-Hop"));
        Assert.StartsWith("sandbox ", cookies.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Found, $"{Python.Path}/proxy/elsewhere?x=1"), (moved.StatusCode, moved.Headers.Location!.OriginalString));
        Assert.Equal((HttpStatusCode.NotFound, ""), (missing.StatusCode, await missing.Content.ReadAsStringAsync(Token)));
    }

    [Fact]
    public async Task Events_ComeOneByOne()
    {
        using var answer = await Python.Send(HttpMethod.Get, "/events?open", Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));

        var lines = new List<string>();
        while (lines.Count < 4)
        {
            if (await reader.ReadLineAsync(Token) is { Length: > 0 } line)
                lines.Add(line);
        }

        Assert.Equal(["data: 0", "data: 1", "data: 2", "data: waiting"], lines);
    }

    [Fact]
    public async Task Body_ThatIsStillWritten_ArrivesMeanwhile()
    {
        var before = (await Said()).GetProperty("seen").GetInt64();
        using var pipe = new AnonymousContent();
        var sending = Python.Send(HttpMethod.Post, "/", Token, pipe);
        await pipe.Write(new byte[1 << 20], Token);

        await Eventually.True(async () => (await Said()).GetProperty("seen").GetInt64() - before >= 1 << 19, "half of it is there", Token);
        Assert.False(sending.IsCompleted);
        await pipe.Write(new byte[1 << 20], Token);
        pipe.End();

        using var answer = await sending.WaitAsync(Eventually.Deadline, Token);
        Assert.Equal(2 << 20, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Upload_OfAGigabyteInChunks_ArrivesWithinBoundedMemory()
    {
        const long size = 1L << 30;
        var before = fixture.Server.MemoryOf("VmRSS");
        using var content = new StreamContent(new PatternStream(size), 1 << 20);
        using var client = Python.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Python.Path}/proxy/") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Service-Token", Python.Token);

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal(size, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("bytes").GetInt64());
        Assert.InRange(fixture.Server.MemoryOf("VmRSS") - before, long.MinValue, 128L << 20);
    }

    [Fact]
    public async Task HostName_LeadsToTheService_AndABrowserIsLetInByItsAddress()
    {
        var host = $"8000-{Python.Id}.{Domain}";
        using var client = Python.Stranger();
        async Task<HttpResponseMessage> Ask(string path, string? cookie = null, string? name = null, params (string Name, string Value)[] headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = name ?? host } };
            if (cookie is not null)
                request.Headers.Add("Cookie", cookie);
            foreach (var (header, value) in headers)
                request.Headers.Add(header, value);
            return await client.SendAsync(request, Token);
        }

        using var stranger = await Ask("/v1/jobs");
        using var first = await Ask($"/v1/jobs?x=1&sandbox_token={Python.Token}");
        var cookie = first.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var answer = await Ask("/v1/jobs?x=1", cookie);
        using var otherPort = await Ask("/", cookie, $"8001-{Python.Id}.{Domain}");
        using var path = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{Python.Path}/proxy/") { Headers = { { "Cookie", cookie } } }, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal((HttpStatusCode.SeeOther, "/v1/jobs?x=1"), (first.StatusCode, first.Headers.Location!.OriginalString));
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal("/v1/jobs?x=1", said.GetProperty("path").GetString());
        Assert.DoesNotContain(Python.Token, said.GetRawText(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (otherPort.StatusCode, path.StatusCode));
        // A page of another service is of the same site, and has the browser send the cookie.
        foreach (var headers in new (string, string)[][]
        {
            [("Origin", $"http://3000-svc_other.{Domain}")], [("Origin", "null")], [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "no-cors")],
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "websocket")], [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
        })
        {
            using var foreign = await Ask("/v1/jobs?x=1", cookie, null, headers);
            Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
        }

        foreach (var headers in new (string, string)[][]
        {
            [("Origin", $"http://{host}")], [("Sec-Fetch-Site", "same-origin")], [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")],
        })
        {
            using var own = await Ask("/v1/jobs?x=1", cookie, null, headers);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }
    }

    [Theory]
    [InlineData("/../../jobs")]
    [InlineData("/%2e%2e/%2e%2e/jobs")]
    [InlineData("/./x")]
    public async Task Path_WithDots_IsRefused(string path)
    {
        var answer = await Python.Raw($"GET {Python.Path}/proxy{path} HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\nConnection: close\n", Token);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/..%2f..%2fjobs", "/..%2f..%2fjobs")]
    [InlineData("/a//evil.example/%7e", "/a//evil.example/%7e")]
    [InlineData("/..\\..\\x", "/..\\\\..\\\\x")]
    [InlineData("/@evil.example:80/", "/@evil.example:80/")]
    [InlineData("", "/")]
    public async Task Path_OfAnyOtherKind_IsOneOfTheService(string path, string arrived)
    {
        var answer = await Python.Raw($"GET {Python.Path}/proxy{path} HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\nConnection: close\n", Token);
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains($"\"path\": \"{arrived}\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 4\nTransfer-Encoding: chunked", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Content-Length: 4\nContent-Length: 40", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "0x0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "-1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "ffffffffffffffff1\r\n\r\n")]
    [InlineData("X-A: b\r\nX-Injected : c", "")]
    [InlineData("X-A: b\u0000c", "")]
    public async Task Framing_ThatCanBeReadInTwoWays_ReachesTheServiceAsOneRequestAtMost(string headers, string body)
    {
        var before = await Asked();
        await Python.Raw($"POST {Python.Path}/proxy/first HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\n{headers}\n", Token, body + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.InRange(await Asked() - before, 1, 2);
    }

    [Fact]
    public async Task Pipelined_Requests_AreAnsweredInTurn_AndEachShowsItsOwnCredential()
    {
        var one = $"GET {Python.Path}/proxy/one HTTP/1.1\nHost: x\nX-Service-Token: {Python.Token}\n";
        var two = $"GET {Python.Path}/proxy/two HTTP/1.1\nHost: x\nConnection: close\n".ReplaceLineEndings("\r\n");

        var answers = await Python.Raw(one, Token, two + "\r\n");

        Assert.StartsWith("HTTP/1.1 200", answers, StringComparison.Ordinal);
        Assert.Contains("\"path\": \"/one\"", answers, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 401", answers, StringComparison.Ordinal);
        Assert.DoesNotContain("\"/two\"", answers, StringComparison.Ordinal);
    }

    private async Task<int> Asked() => (await Said()).GetProperty("asked").GetInt32();

    private async Task<JsonElement> Said() => JsonDocument.Parse(await Python.Text("/", Token)).RootElement;

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly DataDirectory _data = new();

        internal SandboxServer Server { get; private set; } = null!;

        internal ServiceClient Python { get; private set; } = null!;

        internal string Key => _data.OperatorKey;

        public async ValueTask InitializeAsync()
        {
            Server = await SandboxServer.Start(_data, CancellationToken.None, ("Sandbox__Services__Domain", Domain));
            Python = await ServiceClient.Start(Server, Programs.Code("python", Programs.Python), CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            _data.Dispose();
        }
    }
}
