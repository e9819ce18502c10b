using System.Net;
using System.Text.RegularExpressions;
using Sandbox.Api.Tests.Testing;
using Sandbox.Grains.Abstractions.Audit;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Api.Tests.Dashboard;

/// <summary>What pages tell browsers of themselves, which forms they take, and that what others wrote stays text.</summary>
public sealed partial class PageTests(GrainCluster cluster) : IAsyncLifetime
{
    private ApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ApiServer.Start(cluster);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("/dashboard", HttpStatusCode.OK)]
    [InlineData("/dashboard/sign-in", HttpStatusCode.OK)]
    [InlineData("/dashboard/no-such-page", HttpStatusCode.NotFound)]
    [InlineData("/dashboard/audit?from=never", HttpStatusCode.BadRequest)]
    [InlineData("/dashboard/policies/%3Cscript%3E/try", HttpStatusCode.NotFound)]
    public async Task Page_Always_SaysWhatItsBrowserMayDo(string path, HttpStatusCode status)
    {
        using var browser = await Browser.SignedIn(_server);

        using var page = await browser.Get(path);

        Assert.Equal(status, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        foreach (var part in new[] { "default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'" })
            Assert.Contains(part, policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal("same-origin", page.Headers.GetValues("Referrer-Policy").Single());
        var text = await page.Text();
        Assert.DoesNotMatch(InlineCode(), text);
    }

    [Fact]
    public async Task Page_ForAForeignHost_IsRefused()
    {
        using var browser = new Browser(_server);

        using var page = await browser.Get("/dashboard/sign-in", ("Host", "rebound.example"));

        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Contains("Api:AllowedHosts", await page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asset_IsKeptForGood_AndOnlyUnderItsOwnName()
    {
        using var browser = new Browser(_server);
        var path = AssetPath().Match(await (await browser.Get("/dashboard/sign-in")).Text()).Value;

        using var asset = await browser.Get(path);

        Assert.Equal("text/css", asset.Content.Headers.ContentType!.MediaType);
        Assert.Equal("public, max-age=31536000, immutable", asset.Headers.GetValues("Cache-Control").Single());
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/dashboard/assets/0000000000000000/dashboard.css")).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Form_FromAnotherOrigin_IsRefusedThoughItHasTheToken(string header, string value)
    {
        using var browser = await Browser.SignedIn(_server);
        var token = await browser.Token("/dashboard/keys");

        using var answer = await browser.Send(HttpMethod.Post, "/dashboard/keys", Form(token, ("name", "n"), ("role", "member")), (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.DoesNotContain(_server.Audit.Events, static what => what.Action == AuditActions.ApiKeyCreated);
    }

    [Fact]
    public async Task Form_WithoutATokenOrWithThatOfAnother_DoesNothing()
    {
        using var browser = await Browser.SignedIn(_server);
        var made = await (await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "admin"}""")).Json();
        using var other = await Browser.SignedIn(_server, made.GetProperty("key").GetString()!);
        var before = _server.Audit.Events.Count(static what => what.Action == AuditActions.ApiKeyCreated);

        foreach (var token in new[] { null, "made-up", await other.Token("/dashboard/keys") })
        {
            using var answer = await browser.Send(HttpMethod.Post, "/dashboard/keys", Form(token, ("name", "n"), ("role", "member")));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("form_expired", await answer.Text(), StringComparison.Ordinal);
        }

        Assert.Equal(before, _server.Audit.Events.Count(static what => what.Action == AuditActions.ApiKeyCreated));
    }

    [Fact]
    public async Task Text_ThatOthersWrote_IsNeverMarkup()
    {
        const string Evil = "<img src=x onerror=alert(1)>\"'";
        using var browser = await Browser.SignedIn(_server);
        using var made = await browser.Post("/dashboard/keys", "/dashboard/keys", ("name", Evil), ("role", "member"), ("agentId", Evil));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        foreach (var path in new[] { "/dashboard/keys", "/dashboard/audit", $"/dashboard/audit?actor={Uri.EscapeDataString(Evil)}", $"/dashboard/sign-in?return={Uri.EscapeDataString(Evil)}" })
        {
            using var page = await browser.Get(path);
            var text = await page.Text();
            Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Key_ThatWasMade_IsShownOnceAndOpensTheInterface()
    {
        using var browser = await Browser.SignedIn(_server);

        using var made = await browser.Post("/dashboard/keys", "/dashboard/keys", ("name", "n"), ("role", "member"), ("agentId", ""), ("policy", ""), ("expiresAt", ""));

        var key = KeyText().Match(await made.Text()).Value;
        using var client = _server.NewClient(key);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/v1/jobs")).StatusCode);
        Assert.DoesNotContain(key, await (await browser.Get("/dashboard/keys")).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Navigation_HasWhatTheRoleMaySee()
    {
        var made = await (await _server.Client.PostJson("/v1/api-keys", """{"name": "n", "role": "auditor"}""")).Json();
        using var auditor = await Browser.SignedIn(_server, made.GetProperty("key").GetString()!);

        var text = await (await auditor.Get("/dashboard")).Text();

        Assert.Contains("href=\"/dashboard/audit\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/dashboard/tenants\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/dashboard/policies\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operator_WhoEntersATenant_SeesItsResources()
    {
        await _server.Client.PostJson("/v1/api-keys", """{"name": "of acme", "role": "member"}""", ("X-Tenant-Id", "acme"));
        using var browser = await Browser.SignedIn(_server);

        using var entered = await browser.Post("/dashboard/tenants/acme/enter", "/dashboard/tenants");

        Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
        Assert.Contains("of acme", await (await browser.Get("/dashboard/keys")).Text(), StringComparison.Ordinal);
        Assert.Contains(_server.Audit.Events, static what => what.TenantId == WellKnownTenants.Default || what.TenantId == "acme");
    }

    [Fact]
    public async Task Script_ThatAsksWithoutACredential_GetsAProblemAndNoPage()
    {
        using var client = _server.NewClient(key: null);

        await (await client.Get("/dashboard/audit")).AssertProblem(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    private static FormUrlEncodedContent Form(string? token, params (string Name, string Value)[] fields) => new(
        [.. fields.Select(static field => KeyValuePair.Create(field.Name, field.Value)), .. token is null ? Array.Empty<KeyValuePair<string, string>>() : [KeyValuePair.Create("__RequestVerificationToken", token)]]);

    [GeneratedRegex("""<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|\sstyle\s*=|<style""", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("/dashboard/assets/[0-9a-f]{16}/dashboard\\.css")]
    private static partial Regex AssetPath();

    [GeneratedRegex("e2b_[0-9a-f]{40}")]
    private static partial Regex KeyText();
}
