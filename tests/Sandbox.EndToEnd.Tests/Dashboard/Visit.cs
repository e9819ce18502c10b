using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>Somebody's way through the pages, in a window of their own.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private static readonly AxeRunOptions Rules = new() { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice") };

    // Documents that programs in sandboxes have made stand in frames.
    private static readonly AxeRunContext Ours = new() { Exclude = [new AxeSelector("iframe")] };

    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public Visit(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        // What a policy of content forbids is told there, too. That an answer was an error is what some tests ask for.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add($"{page.Url}: {error}");
        page.Dialog += (_, dialog) =>
        {
            _complaints.Add($"{page.Url} opened a dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public async Task SignIn(string key)
    {
        await Page.GotoAsync("/dashboard");
        // The field has the focus, as soon as the page is there: nobody has to look for it.
        await Page.Locator("#credential:focus").WaitForAsync();
        await Page.Keyboard.TypeAsync(key);
        await Page.Keyboard.PressAsync("Enter");
        await Page.WaitForURLAsync("**/dashboard");
    }

    /// <summary>Opens a page that has a heading, which it answers with.</summary>
    public async Task<string> Open(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.True(answer!.Ok, $"{path}: {answer.Status}");
        return await Heading();
    }

    public Task<string> Heading() => Page.Locator("h1").InnerTextAsync();

    /// <summary>Holds the page to the rules of accessibility, and the browser to have had no complaints.</summary>
    public async Task Check(string name)
    {
        await HadNoComplaints(name);
        var found = await Page.RunAxe(Ours, Rules);
        Assert.True(found.Violations.Length == 0, $"{name}: {string.Join("\n", found.Violations.Select(Told))}");
    }

    /// <summary>Holds the browser to have had no complaints, on pages that are not ours to be made accessible.</summary>
    public async Task HadNoComplaints(string name)
    {
        if (DashboardFixture.Pictures is { } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
        Assert.True(_complaints.Count == 0, $"{name}: {string.Join("\n", _complaints)}");
    }

    /// <summary>What the browser says of documents of strangers that a page frames: that nothing of them runs is no error of ours.</summary>
    public void Forgive(params string[] parts) => _complaints.RemoveAll(complaint => parts.Any(part => complaint.Contains(part, StringComparison.Ordinal)));

    /// <summary>What a link of the page saves, under the name that it has to have.</summary>
    public async Task<string> Saved(string link, string name)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => Page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        Assert.Equal(name, download.SuggestedFilename);
        return await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private static string Told(AxeResultItem violation) =>
        $"{violation.Id} ({violation.Help}): {string.Join("; ", violation.Nodes.Take(3).Select(static node => $"{node.Html} {string.Join(' ', node.Any.Select(static check => check.Message))}"))}";
}
