using Sandbox.Packages.Tests.Testing;

namespace Sandbox.Packages.Tests.Node;

/// <summary>The real npm.</summary>
public sealed class NpmTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("demo")]
    [InlineData("@scope/demo")]
    public async Task Install_OfAnAllowedRange_TakesTheNewestVersionInIt(string name)
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode(name, new NodeTarball(name, "1.4.0"), new NodeTarball(name, "1.5.0"), new NodeTarball(name, "2.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], [$"{name}@^1.2 || 0.x"], false));

        var (exit, output) = await Tool.Npm(gateway, home, "install", name);

        Assert.True(exit == 0, output);
        Assert.Equal("module.exports = '1.5.0';", await File.ReadAllTextAsync(Path.Combine(home.Path, "node_modules", name, "index.js"), Token));
        Assert.Equal([new("node", name, null, null), new("node", name, "1.5.0", null)], gateway.Records);
    }

    [Fact]
    public async Task Install_ForTheSecondTime_FetchesNoFile()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        using var other = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], false));

        var (exit, output) = await Tool.Npm(gateway, home, "install", "demo");
        Assert.True(exit == 0, output);
        (exit, output) = await Tool.Npm(gateway, other, "install", "demo");

        Assert.True(exit == 0, output);
        Assert.Equal(1, upstream.Requests("/demo/-/demo-1.0.0.tgz"));
        Assert.Equal(1, upstream.Requests("/demo"));
    }

    [Fact]
    public async Task Install_OfWhatIsNotListed_FailsAndSaysWhy()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], true));

        var (exit, output) = await Tool.Npm(gateway, home, "install", "other");

        Assert.NotEqual(0, exit);
        Assert.Contains("The policy does not allow the Node package other.", output, StringComparison.Ordinal);
        Assert.All(gateway.Records, request => Assert.Equal(new("node", "other", null, "not_allowed"), request));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Install_OfWhatDependsOnOthers_NeedsThemToBeAllowed(bool dependenciesToo)
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasNode("demo", new NodeTarball("demo", "1.0.0", ("dependencies", "nick", "npm:@scope/lower@^1"), ("peerDependencies", "peer", "1")));
        upstream.HasNode("@scope/lower", new NodeTarball("@scope/lower", "1.1.0", ("optionalDependencies", "lowest", "*")));
        upstream.HasNode("peer", new NodeTarball("peer", "1.0.0"));
        upstream.HasNode("lowest", new NodeTarball("lowest", "0.0.1"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo"], dependenciesToo));

        var (exit, output) = await Tool.Npm(gateway, home, "install", "demo");

        Assert.True(dependenciesToo == (exit == 0), output);
        foreach (var module in new[] { "nick", "peer", "lowest" })
            Assert.Equal(dependenciesToo, File.Exists(Path.Combine(home.Path, "node_modules", module, "index.js")));
    }

    [Fact]
    public async Task Ci_WithALockFileThatNamesThePublicRegistry_ComesThroughTheGateway()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        var demo = new NodeTarball("demo", "1.0.0");
        upstream.HasNode("demo", demo, new NodeTarball("demo", "2.0.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new([], ["demo@1"], false));
        var integrity = demo.Manifest("")["dist"]!["integrity"];
        await File.WriteAllTextAsync(Path.Combine(home.Path, "package.json"), """{"name":"own","version":"1.0.0","dependencies":{"demo":"^1.0.0"}}""", Token);
        await File.WriteAllTextAsync(
            Path.Combine(home.Path, "package-lock.json"),
            $$$"""
            {"name":"own","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{
              "":{"name":"own","version":"1.0.0","dependencies":{"demo":"^1.0.0"}},
              "node_modules/demo":{"version":"1.0.0","resolved":"https://registry.npmjs.org/demo/-/demo-1.0.0.tgz","integrity":"{{{integrity}}}"} } }
            """,
            Token);

        var (exit, output) = await Tool.Npm(gateway, home, "ci");

        Assert.True(exit == 0, output);
        Assert.True(File.Exists(Path.Combine(home.Path, "node_modules", "demo", "index.js")));
    }

    [Fact]
    public async Task Install_FromThePublicRegistry_GetsWhatIsAllowedAndItsDependencies()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var gateway = await TestGateway.Start("https://pypi.org/simple/", "https://registry.npmjs.org/", cache, new([], ["is-odd@^2 || ~3.0.0"], true));

        var (exit, output) = await Tool.Npm(gateway, home, "install", "is-odd");

        Assert.True(exit == 0, output);
        Assert.Contains("\"version\": \"3.0.", await File.ReadAllTextAsync(Path.Combine(home.Path, "node_modules", "is-odd", "package.json"), Token), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(home.Path, "node_modules", "is-number", "package.json")));
        Assert.All(gateway.Records, request => Assert.Null(request.Refused));
    }
}
