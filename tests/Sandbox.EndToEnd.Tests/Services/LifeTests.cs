using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sandbox.EndToEnd.Tests.Services;

/// <summary>How services start, fail, are cut and end; and what strangers see of that.</summary>
public sealed class LifeTests(LifeTests.Fixture fixture) : IClassFixture<LifeTests.Fixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private SandboxServer Server => fixture.Server;

    private HttpClient Http => Server.Client.Http;

    [Fact]
    public async Task Service_ThatEndsAgainAndAgain_IsGivenUp_AndItsLogIsForItsTenantAlone()
    {
        var service = await ServiceClient.Create(Server, new { language = "bash", code = "echo the reason; exit 3", port = 8000, restart = new { maxAttempts = 2 } }, Token);
        await Eventually.True(async () => (await service.Get(Token, wait: 10)).GetProperty("status").GetString() == "failed", "it is given up", Token);

        var over = await service.Get(Token);
        using var owner = await Http.GetAsync($"{service.Path}/proxy/", Token);
        var toOwner = await owner.Content.ReadAsStringAsync(Token);
        using var stranger = await service.Send(HttpMethod.Get, "/", Token);

        Assert.Equal(("exited", 2, 3), (over.GetProperty("cause").GetString(), over.GetProperty("attempts").GetInt32(), over.GetProperty("lastAttempt").GetProperty("exitCode").GetInt32()));
        Assert.Equal(HttpStatusCode.BadGateway, owner.StatusCode);
        Assert.Contains("service_failed", toOwner, StringComparison.Ordinal);
        Assert.Contains("the reason", toOwner, StringComparison.Ordinal);
        var toStranger = await stranger.Content.ReadAsStringAsync(Token);
        Assert.Equal(HttpStatusCode.BadGateway, stranger.StatusCode);
        Assert.Contains("service_failed", toStranger, StringComparison.Ordinal);
        Assert.DoesNotContain("the reason", toStranger, StringComparison.Ordinal);
        Assert.Equal("the reason\n", await service.Log(Token));
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/v1/events?from=0&types=service.*") { Headers = { { "Accept", "application/json" } } };
        using var events = await Http.SendAsync(asked, Token);
        var types = (await events.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("type").GetString()!);
        Assert.Subset(types.ToHashSet(), new HashSet<string> { "service.created", "service.started", "service.restarting", "service.ended" });
    }

    [Fact]
    public async Task Service_BeforeItAnswers_IsNotReady()
    {
        var service = await ServiceClient.Create(Server, new { command = new[] { "sleep", "600" }, port = 8000 }, Token);

        using var answer = await service.Send(HttpMethod.Get, "/", Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        await service.Stop(Token);
        using var owner = await Http.GetAsync($"{service.Path}/proxy/", Token);
        using var holder = await service.Send(HttpMethod.Get, "/", Token);

        Assert.Equal(HttpStatusCode.Gone, holder.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("service_not_ready", text, StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Gone, owner.StatusCode);
        Assert.Contains("a caller stopped it", await owner.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ThatDoesNotAnswerAsItsHealthWants_IsUnhealthy()
    {
        var service = await ServiceClient.Create(Server, new
        {
            command = new[] { "python3", "-m", "http.server", "8000" }, port = 8000, health = new { path = "/none", startSeconds = 2 }, restart = new { maxAttempts = 1 },
        }, Token);
        await Eventually.True(async () => (await service.Get(Token, wait: 10)).GetProperty("status").GetString() == "failed", "it is given up", Token);
        Assert.Equal("unhealthy", (await service.Get(Token)).GetProperty("cause").GetString());
    }

    [Fact]
    public async Task WebSocket_IsEchoed_AndCutWhenItsTokenIsRevoked_AndWhenTheServiceStops()
    {
        var service = await ServiceClient.Start(Server, Programs.Code("javascript", Programs.Node, 3000), Token);
        var made = await (await Http.PostAsJsonAsync($"{service.Path}/tokens", new { expiresInSeconds = 600 }, Token)).Content.ReadFromJsonAsync<JsonElement>(Token);
        using var first = await Connect(service, service.Token);
        using var second = await Connect(service, made.GetProperty("token").GetString()!);
        Assert.Equal("hello", await Say(first, "hello"));
        var large = new string('x', 40_000);
        Assert.Equal(large, await Say(second, large));

        Assert.Equal(HttpStatusCode.NoContent, await Server.Client.Delete($"{service.Path}/tokens/{made.GetProperty("id").GetString()}", Token));
        await Cut(second);
        Assert.Equal("still", await Say(first, "still"));
        await Assert.ThrowsAsync<WebSocketException>(() => Connect(service, made.GetProperty("token").GetString()!));

        await service.Stop(Token);
        await Cut(first);
    }

    [Theory]
    [InlineData("/endless", 502)]
    [InlineData("/large", 502)]
    [InlineData("/status", 502)]
    [InlineData("/zero", 502)]
    [InlineData("/binary", null)]
    [InlineData("/odd", null)]
    [InlineData("/both", null)]
    [InlineData("/short", null)]
    [InlineData("/chunks", null)]
    [InlineData("/upgrade", null)]
    [InlineData("/close", 502)]
    [InlineData("/noise", 502)]
    public async Task Answer_OfAHostileService_NeverHangsOrFailsTheServer(string path, int? status)
    {
        var service = fixture.Hostile;
        var answered = await Answered(service, path);

        if (status is { } expected)
            Assert.Equal(expected, (int)answered!);
        else
            Assert.NotEqual(HttpStatusCode.InternalServerError, answered);
        Assert.Equal("fine", await service.Text("/fine", Token));
    }

    [Fact]
    public async Task Stalled_Requests_HoldTheirOwnConnectionsOnly()
    {
        var service = await ServiceClient.Start(Server, Programs.Code("python", Programs.Python), Token);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var stalled = Enumerable.Range(0, 50).Select(_ => service.Send(HttpMethod.Get, "/stall", given.Token)).ToList();

        Assert.Contains("\"path\": \"/quick\"", await service.Text("/quick", Token), StringComparison.Ordinal);
        using (var ready = await Http.GetAsync("/health/ready", Token))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        await given.CancelAsync();
        await Task.WhenAll(stalled).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.Contains("\"path\": \"/after\"", await service.Text("/after", Token), StringComparison.Ordinal);
        await service.Stop(Token);
    }

    [Fact]
    public async Task Policy_SaysWhichPorts_AndWhenItNarrowsServicesStopAndPortsOfSessionsClose()
    {
        async Task Put(object document) => Assert.True((await Http.PutAsJsonAsync("/v1/policies/ports", document, Token)).IsSuccessStatusCode);
        var others = (await Http.GetFromJsonAsync<JsonElement>("/v1/services?status=running", Token)).GetProperty("items").GetArrayLength();
        await Put(new { services = new { ports = new[] { 3000 }, maxSeconds = 600, maxCount = others + 1 } });
        object Request(int port, double? ttlSeconds = null) => new { language = "javascript", code = Programs.Node, port, policy = "ports", ttlSeconds };

        using var denied = await Http.PostAsJsonAsync("/v1/services", Request(3001, 601), Token);
        var problem = await denied.Content.ReadFromJsonAsync<JsonElement>(Token);
        using var dry = await Http.PostAsJsonAsync("/v1/policies/ports/evaluate", new { service = Request(3001) }, Token);
        var service = await ServiceClient.Start(Server, Request(3000), Token);
        using var second = await Http.PostAsJsonAsync("/v1/services", Request(3000), Token);
        var session = await SessionClient.Open(Server.Client, Token, new { policy = "ports" });
        await session.Run("import subprocess\np = subprocess.Popen(['python3', '-m', 'http.server', '3000'])\nimport socket, time\nwhile socket.socket().connect_ex(('127.0.0.1', 3000)): time.sleep(0.05)", Token);
        using var port = await Http.GetAsync($"{session.Path}/ports/3000/proxy/", Token);
        using var closed = await Http.GetAsync($"{session.Path}/ports/3001/proxy/", Token);
        using var socket = await Connect(service, service.Token);

        Assert.Equal((HttpStatusCode.Forbidden, "services"), (denied.StatusCode, problem.GetProperty("rule").GetString()));
        Assert.Equal(["port", "ttlSeconds"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
        Assert.Equal("services", (await dry.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("decision").GetProperty("rule").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (port.StatusCode, closed.StatusCode));

        await Put(new { services = new { allowed = false } });

        await Cut(socket);
        await Eventually.True(async () => await Server.Client.StatusOf($"{service.Path}/proxy/", Token) == HttpStatusCode.Gone, "the service is over", Token);
        Assert.Equal(HttpStatusCode.Forbidden, await Server.Client.StatusOf($"{session.Path}/ports/3000/proxy/", Token));
        Assert.Equal("policy", (await service.Get(Token)).GetProperty("cause").GetString());
        using var ended = await session.End(Token);
    }

    [Fact]
    public async Task Tenant_OfAnotherOne_SeesNothing()
    {
        using var made = await Http.PostAsJsonAsync("/v1/tenants", new { id = "other", name = "Other" }, Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/api-keys") { Content = JsonContent.Create(new { name = "k", role = "admin" }), Headers = { { "X-Tenant-Id", "other" } } };
        using var key = await Http.SendAsync(request, Token);
        using var foreign = new SandboxClient(Http.BaseAddress!.ToString(), (await key.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString()!);
        var service = fixture.Hostile;

        Assert.Equal(HttpStatusCode.NotFound, await foreign.StatusOf($"{service.Path}/proxy/fine", Token));
        Assert.Equal(HttpStatusCode.NotFound, await foreign.StatusOf(service.Path, Token));
        Assert.Equal(HttpStatusCode.NotFound, await foreign.StatusOf($"{service.Path}/logs", Token));
        Assert.Equal(HttpStatusCode.NotFound, await foreign.Delete(service.Path, Token));
        Assert.Equal(HttpStatusCode.NotFound, await foreign.StatusOf($"/v1/sessions/ses_{service.Id[4..]}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await Server.Client.StatusOf($"/v1/sessions/ses_{service.Id[4..]}", Token));
        Assert.Equal(HttpStatusCode.NotFound, await Server.Client.StatusOf($"/v1/sessions/ses_{service.Id[4..]}/ports/8000/proxy/", Token));
        Assert.DoesNotContain(service.Id[4..], await Http.GetStringAsync("/v1/sessions", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Example_GuestBook_IsRunSignedAndStoppedByTheCommandLine()
    {
        var file = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../examples/guestbook.py"));
        async Task<string> Cli(params string[] arguments)
        {
            var (exitCode, output) = await CommandLine.Run(fixture.Data, Token, ["service", .. arguments]);
            Assert.Equal(0, exitCode);
            return output.Trim();
        }

        var id = await Cli("run", "--port", "8000", "--health", "/", file);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = new("Bearer", await Cli("token", id, "--expires", "10m"));
        var url = new Uri(await Cli("url", id));
        using var signed = await client.PostAsync(url, new FormUrlEncodedContent([KeyValuePair.Create("entry", "<me>")]), Token);

        Assert.Equal(new Uri(url, url.AbsolutePath), new Uri(url, signed.Headers.Location!));
        Assert.Contains("<li>&lt;me&gt;</li>", await client.GetStringAsync(url, Token), StringComparison.Ordinal);
        Assert.StartsWith("The guest book is open.", await Cli("logs", id), StringComparison.Ordinal);
        Assert.Contains(id, await Cli("ls", "--status", "running"), StringComparison.Ordinal);
        Assert.Equal($"{id} removed", await Cli("rm", id));
        Assert.Contains("requested", await Cli("show", id), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode?> Answered(ServiceClient service, string path)
    {
        try
        {
            using var answer = await service.Send(HttpMethod.Get, path, Token);
            var status = answer.StatusCode;
            await answer.Content.ReadAsByteArrayAsync(Token);
            return status;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Broken off, as the service did.
            return null;
        }
    }

    private static async Task<ClientWebSocket> Connect(ServiceClient service, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(new UriBuilder(service.Http.BaseAddress!) { Scheme = "ws", Path = $"{service.Path}/proxy/" }.Uri, Token);
        return socket;
    }

    private static async Task<string> Say(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Token);
        using var heard = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, Token);
            heard.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(heard.ToArray());
    }

    // Cut means that nobody is asked: there is no closing handshake.
    private static async Task Cut(ClientWebSocket socket) =>
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16], Token).WaitAsync(Eventually.Deadline, Token));

    public sealed class Fixture : IAsyncLifetime
    {
        internal DataDirectory Data { get; } = new();

        internal SandboxServer Server { get; private set; } = null!;

        internal ServiceClient Hostile { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await SandboxServer.Start(Data, CancellationToken.None);
            Hostile = await ServiceClient.Start(Server, Programs.Code("python", Programs.Hostile), CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            Data.Dispose();
        }
    }
}
