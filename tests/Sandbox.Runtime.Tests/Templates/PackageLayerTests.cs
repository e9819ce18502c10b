using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Templates;

public sealed class PackageLayerTests
{
    private const string UserSite = "/workspace/.local/lib/python3.13/site-packages";
    private const string Programs = "/opt/packages/python/site-packages/bin:/opt/packages/node/node_modules/.bin";

    [Fact]
    public void Environment_OfAnEmptyOne_FindsProgramsAndModules_TheUsersFirst()
    {
        var env = PackageLayer.EnvironmentWith(new Dictionary<string, string>(), UserSite);
        Assert.Equal($"{Programs}:/usr/local/bin:/usr/bin:/bin", env["PATH"]);
        Assert.Equal($"{UserSite}:/opt/packages/python/site-packages", env["PYTHONPATH"]);
    }

    [Fact]
    public void Environment_OfAnImage_KeepsWhatItHas()
    {
        var env = PackageLayer.EnvironmentWith(new Dictionary<string, string> { ["PATH"] = "/opt/conda/bin", ["PYTHONPATH"] = "/srv", ["A"] = "1" }, UserSite);
        Assert.Equal(($"{Programs}:/opt/conda/bin", $"{UserSite}:/opt/packages/python/site-packages:/srv", "1"), (env["PATH"], env["PYTHONPATH"], env["A"]));
    }

    [Fact]
    public void Environment_OfATemplateWithPackages_StaysAsItIs()
    {
        var env = PackageLayer.EnvironmentWith(new Dictionary<string, string>(), UserSite);
        Assert.Equal(env, PackageLayer.EnvironmentWith(env, UserSite));
    }

    [Fact]
    public void Environment_WithoutPython_SaysNothingOfIt() =>
        Assert.DoesNotContain("PYTHONPATH", PackageLayer.EnvironmentWith(new Dictionary<string, string>(), null).Keys);
}
