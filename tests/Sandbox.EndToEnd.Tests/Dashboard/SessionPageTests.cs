using Microsoft.Playwright;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>A session in a real browser: its steps, its terminal and its files.</summary>
public sealed class SessionPageTests(DashboardFixture fixture) : IClassFixture<DashboardFixture>
{
    private const string Evil = "<script>window.evil=1</script><img src=x onerror=\"window.evil=1\">";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task Pages_InEachThemeAndWidth_AreAccessible(ColorScheme scheme, int width)
    {
        var session = await SessionClient.Open(fixture.Server.Client, Token);
        await session.Run("import os\nos.mkdir('data')\nopen('table.csv','w').write('a,b')\nprint('hello')\n42", Token);
        await using var visit = await fixture.SignedIn(scheme, width);
        foreach (var page in new[] { "sessions", $"sessions/{session.Id}", $"sessions/{session.Id}/files", $"sessions/{session.Id}/terminal", "services", "workflows", "jobs" })
        {
            await visit.Open($"/dashboard/{page}");
            if (page.EndsWith("terminal", StringComparison.Ordinal))
                await Assertions.Expect(visit.Page.Locator("#terminal-state")).ToHaveTextAsync("Connected");
            await visit.Check($"{page.Replace(session.Id, "one", StringComparison.Ordinal).Replace('/', '-')}-{scheme}-{width}");
            Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page);
        }
    }

    [Fact]
    public async Task Step_IsRunFromThePage_AndShowsPicturesAndDocumentsInWhichNothingRuns()
    {
        await using var visit = await fixture.SignedIn();
        await visit.Open("/dashboard/sessions");
        await visit.Page.GetByText("New session…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        Assert.Equal("Session", await visit.Heading());

        await Run(visit, $"""
            class Hostile:
                def _repr_html_(self): return '''<p id="shown">a table</p>{Evil}'''
                def _repr_svg_(self): return None
            print('''{Evil}''')
            Hostile()
            """);
        var frame = visit.Page.FrameLocator("iframe");
        await Assertions.Expect(frame.Locator("#shown")).ToHaveTextAsync("a table");
        Assert.Equal("", await visit.Page.Locator("iframe").GetAttributeAsync("sandbox"));
        await Run(visit, "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()");
        await Assertions.Expect(visit.Page.Locator("figure img")).ToHaveJSPropertyAsync("complete", true, new() { Timeout = 30_000 });
        Assert.NotEqual(0, await visit.Page.Locator("figure img").First.EvaluateAsync<int>("picture => picture.naturalWidth"));
        await Run(visit, "import time\nprint('under way', flush=True)\ntime.sleep(600)");
        await Assertions.Expect(visit.Page.Locator("#step-3-output")).ToContainTextAsync("under way");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Interrupt" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#step-3 .chip")).ToHaveTextAsync("interrupted", new() { Timeout = 30_000 });

        Assert.True(await visit.Page.EvaluateAsync<bool>("window.evil === undefined"));
        visit.Forgive("Blocked script execution in 'about:srcdoc'", "violates the following Content Security Policy");
        await visit.Check("session-steps");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-part=state]")).ToContainTextAsync("paused");
        await visit.Page.GetByText("End…").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "End" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-part=state]")).ToContainTextAsync("terminated");
        Assert.Equal(3, await visit.Page.Locator("article.step").CountAsync());
    }

    [Fact]
    public async Task Terminal_Echoes_AndComesAgainWithWhatItHad()
    {
        var session = await SessionClient.Open(fixture.Server.Client, Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/sessions/{session.Id}/terminal");
        await Assertions.Expect(visit.Page.Locator("#terminal-state")).ToHaveTextAsync("Connected");

        await visit.Page.Keyboard.TypeAsync("printf '\\033[38;2;9;200;9m%s\\n' $((6 * 7))\n");
        await Assertions.Expect(visit.Page.Locator(".xterm-rows")).ToContainTextAsync("42");
        await visit.Check("terminal");
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.Locator(".xterm-rows")).ToContainTextAsync("42");

        await visit.Page.Keyboard.PressAsync("Control+]");
        Assert.Equal("terminal-out", await visit.Page.EvaluateAsync<string>("document.activeElement.id"));
        await visit.Page.Locator("#terminal textarea").FocusAsync();
        await visit.Page.Keyboard.TypeAsync("exit\n");
        await Assertions.Expect(visit.Page.Locator("#terminal-state")).ToContainTextAsync("has ended");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "New shell" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#terminal-state")).ToHaveTextAsync("Connected");
    }

    [Fact]
    public async Task Files_OfAnyName_AreUploadedSavedAndRemoved()
    {
        var session = await SessionClient.Open(fixture.Server.Client, Token);
        await session.Run("import os\nos.mkdir('two\\nlines')\nfor n in ['<img src=x onerror=alert(1)>', '\\u202egpj.exe', 'a?b#c%41.txt', 'two\\nlines/x']: open(n,'w').write('inside')\nopen(b'\\xff.bin','w')\nos.symlink('/etc/passwd','link')", Token);
        await using var visit = await fixture.SignedIn();
        await visit.Open($"/dashboard/sessions/{session.Id}/files");
        Assert.Equal(0, await visit.Page.Locator("main img").CountAsync());
        await visit.Check("files-hostile");
        Assert.Equal("inside", await visit.Saved("a?b#c%41.txt", "a_b#c%41.txt"));

        var content = new byte[3_000_000];
        new Random(7).NextBytes(content);
        await visit.Page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "up & down.bin", MimeType = "application/octet-stream", Buffer = content });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Link, new() { Name = "up & down.bin" })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        Assert.Equal(content, await session.Http.GetByteArrayAsync($"{session.Path}/files/up%20%26%20down.bin", Token));
        await visit.Page.GetByLabel("New folder").FillAsync("made here");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "made here/" }).ClickAsync();
        Assert.Contains("This folder is empty", await visit.Page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "workspace" }).ClickAsync();

        var row = visit.Page.Locator("tr", new() { HasText = "two\uFFFDlines" });
        await row.GetByText("Delete…").ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tr", new() { HasText = "two\uFFFDlines" })).ToHaveCountAsync(0);
        Assert.Equal("False\n", (await session.Run("import os; print(os.path.exists('two\\nlines'))", Token)).Stdout);
    }

    private static async Task Run(Visit visit, string code)
    {
        await visit.Page.GetByLabel("Run a step").FillAsync(code);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**#step-*");
    }
}
