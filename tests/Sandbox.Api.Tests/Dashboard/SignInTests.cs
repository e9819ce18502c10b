using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Api.Dashboard.Access;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>Signing in and out: what opens the dashboard, for how long, and what does not.</summary>
public sealed class SignInTests(GrainCluster cluster) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster, services => services.AddSingleton<TimeProvider>(_time));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Cookie_OfASignIn_IsForTheDashboardAndNoScript()
    {
        using var browser = new Browser(_server);

        using var answer = await browser.SignIn(ApiServer.Key);

        var set = answer.Headers.GetValues("Set-Cookie").Single(static cookie => cookie.StartsWith(SignInCookie.Name, StringComparison.Ordinal));
        Assert.Contains("; path=/dashboard; samesite=strict; httponly", set, StringComparison.Ordinal);
        Assert.DoesNotContain(ApiServer.Key, set, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(ApiServer.Key))[..20], set, StringComparison.Ordinal);
        Assert.DoesNotContain("; secure", set, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_WherePeopleComeByHttps_IsSecure()
    {
        await using var server = await ApiServer.Start(cluster, null, ("Api:PublicUrl", "https://sandbox.example.com"));
        using var browser = new Browser(server);

        using var page = await browser.Get("/dashboard/sign-in");

        Assert.All(page.Headers.GetValues("Set-Cookie"), static cookie => Assert.Contains("; secure; samesite=strict; httponly", cookie, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cookie_OutsideOfTheDashboard_OpensNothing()
    {
        using var browser = await Browser.SignedIn(_server);
        var cookie = string.Join("; ", browser.Cookies.Select(static cookie => $"{cookie.Name}={cookie.Value}"));
        using var client = _server.NewClient(key: null);

        foreach (var path in new[] { "/v1/jobs", "/v1/usage", "/mcp", "/sandboxes", "/metrics" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.Get(path, ("Cookie", cookie))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/dashboard", ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task SignIn_WithAKeyThatIsNotKnown_IsRefusedAndLeavesNoCookie()
    {
        using var browser = new Browser(_server);

        using var answer = await browser.SignIn("sbx_wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("not known", await answer.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Cookies, static cookie => cookie.Name == SignInCookie.Name);
    }

    [Fact]
    public async Task SignIn_TriedTooOften_IsLimitedAsEveryGuessIs()
    {
        await using var server = await ApiServer.Start(cluster, null, ("Authentication:StrangerRequestBurst", "2"), ("Authentication:StrangerRequestsPerSecond", "1"));
        using var browser = new Browser(server);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            using var answer = await browser.SignIn($"sbx_guess-{i}");
            answers.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task SignIn_WithoutThePagesToken_IsRefusedBeforeTheKeyIsLookedAt()
    {
        using var browser = new Browser(_server);

        using var answer = await browser.Send(HttpMethod.Post, "/dashboard/sign-in", new FormUrlEncodedContent([KeyValuePair.Create("credential", ApiServer.Key)]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie") && answer.Headers.GetValues("Set-Cookie").Any(static cookie => cookie.StartsWith(SignInCookie.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Page_AfterTheKeyWasRevoked_LeadsToTheSignIn()
    {
        var made = await (await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "admin"}""")).Json();
        using var browser = await Browser.SignedIn(_server, made.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/dashboard/audit")).StatusCode);

        await _server.Client.DeleteAsync($"/v1/api-keys/{made.GetProperty("id").GetString()}", TestContext.Current.CancellationToken);

        using var answer = await browser.Get("/dashboard/audit?outcome=denied");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/dashboard/sign-in?return=%2Fdashboard%2Faudit%3Foutcome%3Ddenied", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Cookie_AfterTwelveHours_OpensNothing()
    {
        using var browser = await Browser.SignedIn(_server);
        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/dashboard")).StatusCode);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HttpStatusCode.SeeOther, (await browser.Get("/dashboard")).StatusCode);
    }

    [Fact]
    public async Task SignOut_RemovesTheCookie()
    {
        using var browser = await Browser.SignedIn(_server);

        using var answer = await browser.Post("/dashboard/sign-out", "/dashboard");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.Get("/dashboard")).StatusCode);
        Assert.DoesNotContain(browser.Cookies, static cookie => cookie.Name == SignInCookie.Name);
    }

    [Theory]
    [InlineData("/dashboard/audit?outcome=denied", "/dashboard/audit?outcome=denied")]
    [InlineData("https://evil.example/", "/dashboard")]
    [InlineData("//evil.example/", "/dashboard")]
    [InlineData("/\\evil.example/", "/dashboard")]
    [InlineData("/dashboard\\..\\..\\evil", "/dashboard")]
    [InlineData("/dashboard.evil.example", "/dashboard")]
    [InlineData("/dashboard@evil.example", "/dashboard")]
    [InlineData("/v1/jobs", "/dashboard")]
    [InlineData("javascript:alert(1)", "/dashboard")]
    [InlineData("", "/dashboard")]
    public async Task SignIn_GoesOn_ToPagesOfTheDashboardAlone(string asked, string expected)
    {
        using var browser = new Browser(_server);

        using var answer = await browser.SignIn(ApiServer.Key, asked);

        Assert.Equal(expected, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Page_UnderTheDevelopmentBypass_IsEnteredAtOnceAndFormsAct()
    {
        await using var server = await ApiServer.Start(cluster, "Development", null, ("Authentication:DevelopmentBypass", "true"));
        using var browser = new Browser(server);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/dashboard/grains")).StatusCode);
        var token = await browser.Token("/dashboard/tenants");
        (string, string)[] from(string origin) => [("Origin", origin)];
        FormUrlEncodedContent form() => new([KeyValuePair.Create("id", "made"), KeyValuePair.Create("name", "n"), KeyValuePair.Create("__RequestVerificationToken", token)]);

        using var foreign = await browser.Send(HttpMethod.Post, "/dashboard/tenants", form(), from("http://localhost:1"));
        using var own = await browser.Send(HttpMethod.Post, "/dashboard/tenants", form(), from(server.Address.GetLeftPart(UriPartial.Authority)));

        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, own.StatusCode);
        Assert.Contains(server.Audit.Events, static what => what.Action == AuditActions.AccessBypassed);
    }
}
