using Microsoft.Playwright;

namespace Sandbox.EndToEnd.Tests.Dashboard;

/// <summary>A server, and Chromium. Where DASHBOARD_PICTURES names a folder, what tests have seen is left there as pictures.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private readonly DataDirectory _data = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal SandboxServer Server { get; private set; } = null!;

    internal string OperatorKey => _data.OperatorKey;

    internal static string? Pictures => Environment.GetEnvironmentVariable("DASHBOARD_PICTURES");

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Chromium), $"{Chromium} is missing: ./sandbox test installs it.");
        Server = await SandboxServer.Start(_data, CancellationToken.None, SandboxServer.WithPool);
        _playwright = await Playwright.CreateAsync();
        // Root runs the tests, and Chromium's own sandbox refuses root.
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    /// <summary>A browser of nobody's; what it says to its console is an error of ours.</summary>
    internal async Task<Visit> Visit(ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Server.Client.Http.BaseAddress!.ToString(),
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        return new Visit(context, await context.NewPageAsync());
    }

    internal async Task<Visit> SignedIn(ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var visit = await Visit(scheme, width);
        await visit.SignIn(OperatorKey);
        return visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Server is not null)
            await Server.DisposeAsync();
        _data.Dispose();
    }
}
