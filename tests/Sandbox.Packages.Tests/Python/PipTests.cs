using Sandbox.Packages.Tests.Testing;

namespace Sandbox.Packages.Tests.Python;

/// <summary>The real pip.</summary>
public sealed class PipTests
{
    [Fact]
    public async Task Install_OfAnAllowedRange_TakesTheNewestVersionInIt()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("demo", Wheel.Of("demo", "1.4"), Wheel.Of("demo", "1.5"), Wheel.Of("demo", "2.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["Demo>=1,<2"], [], false));

        var (exit, output) = await Tool.Pip(gateway, home, "install", "--target", home.Path, "demo");

        Assert.True(exit == 0, output);
        Assert.Equal("version = '1.5'\n", await File.ReadAllTextAsync(Path.Combine(home.Path, "demo.py"), TestContext.Current.CancellationToken));
        Assert.Equal(
            [new("python", "demo", null, null), new("python", "demo", "1.5", null)], gateway.Records);
    }

    [Fact]
    public async Task Install_ForTheSecondTime_FetchesNoFile()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        using var other = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("demo", Wheel.Of("demo", "1.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));
        // Another process on the same folder.
        await using var second = await TestGateway.Start(upstream, cache, new(["demo"], [], false));

        var (exit, output) = await Tool.Pip(gateway, home, "install", "--target", home.Path, "demo");
        Assert.True(exit == 0, output);
        (exit, output) = await Tool.Pip(second, other, "install", "--target", other.Path, "demo==1.0");

        Assert.True(exit == 0, output);
        Assert.Equal(1, upstream.Requests("/files/demo-1.0-py3-none-any.whl"));
    }

    [Fact]
    public async Task Install_OfWhatIsNotListed_Fails()
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("other", Wheel.Of("other", "1.0"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], false));

        var (exit, output) = await Tool.Pip(gateway, home, "install", "-vv", "--target", home.Path, "other");

        Assert.NotEqual(0, exit);
        Assert.Contains("The policy does not allow the Python package other.", output, StringComparison.Ordinal);
        Assert.Equal(0, upstream.Requests("/simple/other/"));
        Assert.Equal([new("python", "other", null, "not_allowed")], gateway.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Install_OfWhatDependsOnOthers_NeedsThemToBeAllowed(bool dependenciesToo)
    {
        using var cache = new TestFolder();
        using var home = new TestFolder();
        await using var upstream = await TestUpstream.Start();
        upstream.HasPython("demo", Wheel.Of("demo", "1.0", "Lower_Part (>=1) ; python_version >= '3'"));
        upstream.HasPython("lower-part", Wheel.Of("lower_part", "1.1", "lowest[extra]>=0.1"));
        upstream.HasPython("lowest", Wheel.Of("lowest", "0.2"));
        await using var gateway = await TestGateway.Start(upstream, cache, new(["demo"], [], dependenciesToo));

        var (exit, output) = await Tool.Pip(gateway, home, "install", "--target", home.Path, "demo");

        Assert.True(dependenciesToo == (exit == 0), output);
        Assert.Equal(dependenciesToo, File.Exists(Path.Combine(home.Path, "lowest.py")));
        Assert.Equal(dependenciesToo ? null : "not_allowed", gateway.Records.First(request => request.Name == "lower-part").Refused);
    }
}
