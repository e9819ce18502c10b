using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace Sandbox.Architecture.Tests;

/// <summary>Which project may refer to which: docs/ARCHITECTURE.md, held here.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Sandbox.Protocol"] = [],
        ["Sandbox.Agent"] = ["Sandbox.Protocol"],
        ["Sandbox.Runtime"] = ["Sandbox.Protocol"],
        ["Sandbox.Grains.Abstractions"] = [],
        ["Sandbox.Packages"] = [],
        ["Sandbox.Egress"] = ["Sandbox.Runtime"],
        ["Sandbox.Grains"] = ["Sandbox.Grains.Abstractions", "Sandbox.Egress", "Sandbox.Packages", "Sandbox.Runtime"],
        ["Sandbox.Storage"] = ["Sandbox.Grains.Abstractions"],
        ["Sandbox.Silo"] = ["Sandbox.Grains", "Sandbox.Runtime", "Sandbox.Storage"],
        ["Sandbox.Api"] = ["Sandbox.Grains.Abstractions", "Sandbox.Storage", "Sandbox.Silo"],
        ["Sandbox.Client"] = [],
        ["Sandbox.Cli"] = ["Sandbox.Client"],
    };

    private static readonly string[] BannedFolders = ["Helpers", "Utils", "Common", "Extensions", "Misc"];

    private static string Source => Path.Combine(
        typeof(LayeringTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!, "src");

    [Fact]
    public void Projects_OfSource_AreAllKnown() =>
        Assert.Equal(Allowed.Keys.Order(), Projects().Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void References_OfEveryProject_StayWithinItsLayer()
    {
        foreach (var project in Projects())
        {
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.Subset(Allowed[Path.GetFileNameWithoutExtension(project)].ToHashSet(), references.ToHashSet());
        }
    }

    [Fact]
    public void Runtime_KnowsNoOrleans()
    {
        var packages = XDocument.Load(Path.Combine(Source, "Sandbox.Runtime", "Sandbox.Runtime.csproj")).Descendants("PackageReference");
        Assert.DoesNotContain(packages, package => package.Attribute("Include")!.Value.Contains("Orleans", StringComparison.Ordinal));
    }

    [Fact]
    public void Folders_OfSource_AreConcepts()
    {
        var folders = Directory.EnumerateDirectories(Source, "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path));
        Assert.Empty(folders.Intersect(BannedFolders));
    }

    [Fact]
    public void Programs_AreTablesOfContents()
    {
        foreach (var program in Directory.EnumerateFiles(Source, "Program.cs", SearchOption.AllDirectories))
            Assert.InRange(File.ReadLines(program).Count(), 1, 40);
    }

    private static IEnumerable<string> Projects() => Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories);
}
