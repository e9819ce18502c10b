using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>The dashboard as people use it, in a real browser.</summary>
public sealed class DashboardTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    private static readonly string[] Pages =
    [
        "/dashboard", "/dashboard/policies", "/dashboard/policies/default", "/dashboard/policies/default/try", "/dashboard/policies/default/edit",
        "/dashboard/audit", "/dashboard/audit?actor=nobody-of-that-name", "/dashboard/audit/check", "/dashboard/keys", "/dashboard/tenants", "/dashboard/nodes", "/dashboard/grains",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task EveryPage_InEachThemeAndWidth_IsAccessible(ColorScheme scheme, int width)
    {
        await fixture.Server.Client.Run(new { language = "python", code = "1" }, Token);
        await using var visit = await fixture.Visit(scheme, width);
        await visit.Page.GotoAsync("/dashboard");
        await visit.Check($"sign-in-{scheme}-{width}");
        await visit.SignIn(fixture.OperatorKey);
        foreach (var page in Pages)
        {
            Assert.NotEmpty(await visit.Open(page));
            await visit.Check($"{page.Trim('/').Replace('/', '-').Replace('?', '-')}-{scheme}-{width}");
            // Nothing is cut off, and nobody scrolls sideways but within tables.
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page);
        }
    }

    [Fact]
    public async Task Keyboard_SkipsTheNavigation()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/audit");

        await visit.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await visit.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await visit.Page.Keyboard.PressAsync("Enter");

        Assert.Equal("main", await visit.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task Theme_ThatWasChosen_Stays()
    {
        await using var visit = await fixture.SignedIn();

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await visit.Open("/dashboard/keys");

        Assert.Equal("dark", await visit.Page.Locator("html").GetAttributeAsync("data-theme"));
        Assert.Equal("rgb(20, 19, 15)", await visit.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
    }

    [Fact]
    public async Task Key_IsMadeCopiedUsedAndRevoked()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/keys");
        await visit.Page.GetByLabel("Name").FillAsync("<b>from a browser</b>");
        await visit.Page.GetByLabel("Role").SelectOptionAsync("auditor");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make the key" }).ClickAsync();
        await visit.Check("key-made");
        await visit.Page.Locator(".once button").ClickAsync();
        var key = await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()");

        await using var auditor = await fixture.Visit();
        await auditor.SignIn(key);
        Assert.Equal("Audit", await auditor.Open("/dashboard/audit"));
        Assert.Equal(403, (await auditor.Page.GotoAsync("/dashboard/keys"))!.Status);
        await auditor.Check("forbidden");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "I have kept it" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke <b>from a browser</b>" }).ClickAsync();
        await visit.Check("key-revoking");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke the key" }).ClickAsync();
        Assert.Equal("API keys", await visit.Heading());

        await auditor.Page.GotoAsync("/dashboard/audit");
        Assert.Equal("Sign in", await auditor.Heading());
    }

    [Fact]
    public async Task Policy_IsChangedComparedAndTried()
    {
        await using var visit = await fixture.SignedIn();
        foreach (var document in new[] { """{"languages": ["python"]}""", """{"languages": ["python", "bash"], "concurrency": 3}""" })
        {
            await visit.Open("/dashboard/policies/shown/edit");
            await visit.Page.GetByLabel("Document").FillAsync(document);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Store" }).ClickAsync();
            Assert.Equal("Policy shown", await visit.Heading());
        }

        await visit.Check("policy");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await visit.Check("policy-compared");
        Assert.Contains("\"concurrency\": 3", await visit.Page.Locator("tr.added code").AllInnerTextsAsync().ContinueWith(static lines => string.Join('\n', lines.Result), Token), StringComparison.Ordinal);

        await visit.Open("/dashboard/policies/shown/try");
        await visit.Page.GetByLabel("Request").FillAsync("""{"job": {"language": "javascript", "code": "1"}}""");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try" }).ClickAsync();
        Assert.Contains("languages", await visit.Page.GetByRole(AriaRole.Status).InnerTextAsync(), StringComparison.Ordinal);
        await visit.Check("policy-tried");
        await visit.Page.GetByLabel("Request").FillAsync("{");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Try" }).ClickAsync();
        Assert.Contains("Malformed JSON", await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_IsSearchedAndItsChainChecked()
    {
        using var denied = await fixture.Server.Client.Post(new { language = "python", code = "1", policy = "no-such-policy" }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/audit");
        await visit.Page.GetByLabel("Action").FillAsync("job.denied");
        await visit.Page.GetByLabel("Outcome").SelectOptionAsync("denied");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        Assert.Equal("job.denied", await visit.Page.Locator("tbody th code").First.InnerTextAsync());

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Check the chain" }).ClickAsync();
        Assert.Contains("Every event is as it was written", await visit.Page.GetByRole(AriaRole.Status).InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_ShowsNewFiguresWithoutBeingLoadedAnew()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Page.EvaluateAsync("window.loadedOnce = true");
        using var answer = await fixture.Server.Client.Http.PostAsJsonAsync("/v1/sessions", new { language = "python" }, Token);
        Assert.True(answer.IsSuccessStatusCode);

        await Assertions.Expect(visit.Page.Locator(".meters")).ToContainTextAsync("1 of", new() { Timeout = 30_000 });
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.loadedOnce === true"));
    }

    [Fact]
    public async Task Node_IsDrainedAndTakesWorkAgain()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/nodes");

        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Drain") }).ClickAsync();
        await visit.HadNoComplaints("node-drained");
        using var refused = await fixture.Server.Client.Post(new { language = "python", code = "1" }, Token);
        await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Take work again") }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h2 .chip")).ToHaveTextAsync("active");

        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("succeeded", (await fixture.Server.Client.Run(new { language = "python", code = "1" }, Token)).Status);
    }

    [Fact]
    public async Task Grain_IsFoundAndShownWithoutWhatItsJobHeld()
    {
        var job = await fixture.Server.Client.Run(new { language = "python", code = "print('hush-hush')", env = new Dictionary<string, string> { ["TOKEN"] = "hush-hush" } }, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/grains");
        await visit.Page.GetByLabel("Key").FillAsync(job.Id);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = job.Id }).ClickAsync();

        Assert.Equal("Grain job", await visit.Heading());
        var state = await visit.Page.Locator("pre").InnerTextAsync();
        Assert.Contains("\"succeeded\"", state, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", state, StringComparison.Ordinal);
        await visit.Check("grain");
    }

    [Fact]
    public async Task SiloInternals_AreForOperators_WithoutTheStateOfGrains()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/grains");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Silo internals" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#content")).ToContainTextAsync("Activations", new() { Timeout = 30_000 });
        await visit.HadNoComplaints("silo-internals");

        Assert.Equal(404, (await visit.Page.GotoAsync("/dashboard/orleans/GrainState?grainId=a&grainType=b"))!.Status);
        using var made = await fixture.Server.Client.Http.PostAsJsonAsync("/v1/api-keys", new { name = "n", role = "admin" }, Token);
        await using var admin = await fixture.Visit();
        await admin.SignIn((await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString()!);
        Assert.Equal(403, (await admin.Page.GotoAsync("/dashboard/orleans/"))!.Status);
    }

    [Fact]
    public async Task Program_ThatOthersNamed_StaysText()
    {
        const string Evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
        using var made = await fixture.Server.Client.Http.PostAsJsonAsync("/v1/api-keys", new { name = Evil, role = "member", agentId = Evil }, Token);
        Assert.True(made.IsSuccessStatusCode);
        await using var visit = await fixture.SignedIn();
        foreach (var page in new[] { "/dashboard/keys", "/dashboard/audit" })
        {
            await visit.Open(page);
            Assert.Contains(Evil, await visit.Page.Locator("main").TextContentAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await visit.Page.Locator("main img, main script").CountAsync());
            await visit.Check("evil");
        }
    }
}
