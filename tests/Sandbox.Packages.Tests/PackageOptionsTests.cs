using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sandbox.Packages.Tests;

/// <summary>Settings that cannot be meant are refused at the start.</summary>
public sealed class PackageOptionsTests
{
    [Theory]
    [InlineData("PythonIndex", "https://example.org/simple")]
    [InlineData("PythonIndex", "file:///simple/")]
    [InlineData("PythonIndex", "simple/")]
    [InlineData("NodeRegistry", "https://user:secret@example.org/")]
    [InlineData("NodeRegistry", "https://example.org/?a/")]
    [InlineData("CacheDirectory", "packages")]
    [InlineData("MaxPackageBytes", "0")]
    [InlineData("MaxIndexBytes", "0")]
    [InlineData("IndexSeconds", "-1")]
    public void Option_ThatCannotBeMeant_IsRefused(string name, string value) =>
        Assert.Contains(name, Assert.Throws<OptionsValidationException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_WithoutSettings_AreTheDefaults()
    {
        var options = Read();
        Assert.Equal(("https://pypi.org/simple/", "https://registry.npmjs.org/", 10L << 30), (options.PythonIndex.ToString(), options.NodeRegistry.ToString(), options.MaxCacheBytes));
    }

    private static PackageOptions Read(params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => $"{PackageOptions.Section}:{setting.Name}", setting => (string?)setting.Value))
            .Build();
        using var services = new ServiceCollection().AddSandboxPackages(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<PackageOptions>>().Value;
    }
}
