using Sandbox.Runtime.Templates;
using static Sandbox.Runtime.Tests.Templates.TarBytes;

namespace Sandbox.Runtime.Tests.Templates;

/// <summary>Images: layers upon each other, and what an image says of itself.</summary>
public sealed class ImageTests
{
    private static readonly byte[] Base = new TarBytes().AddShell()
        .Add(Plain, "etc/kept", "base").Add(Plain, "etc/gone", "base").Add(Plain, "etc/changed", "base")
        .Add(Dir, "data/").Add(Plain, "data/a", "base").Add(Plain, "data/deep/b", "base")
        .Add(Link, "link", target: "etc").ToArray();

    private static readonly byte[] Upper = new TarBytes()
        .Add(Plain, "etc/.wh.gone").Add(Plain, "etc/changed", "upper")
        .Add(Plain, "data/new", "upper").Add(Plain, "data/.wh..wh..opq")
        .Add(Plain, ".wh.link").Add(Plain, "data/.wh..wh.plnk").ToArray();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Unpack_ImageOfTwoLayers_HasWhatTheUpperOneLeft(bool docker, bool compressed)
    {
        using var fixture = new RootsFixture();
        byte[][] layers = compressed ? [Gzip(Base), Gzip(Upper)] : [Base, Upper];

        var root = await fixture.Unpack(docker ? ImageBuilder.Docker(layers, ["A=b=c", "no"]) : Gzip(ImageBuilder.Oci(layers, ["A=b=c", "no"])));

        Assert.Equal("image", root.Format);
        Assert.Equal([new("A", "b=c")], root.Env);
        string Text(string path) => File.ReadAllText(fixture.PathOf(root, path));
        Assert.Equal(("base", "upper", "upper"), (Text("etc/kept"), Text("etc/changed"), Text("data/new")));
        Assert.Equal(["new"], Directory.EnumerateFileSystemEntries(fixture.PathOf(root, "data")).Select(Path.GetFileName));
        Assert.False(File.Exists(fixture.PathOf(root, "etc/gone")));
        Assert.False(Path.Exists(fixture.PathOf(root, "link")));
        Assert.True(fixture.Roots.IsWhole(root.Digest));
        fixture.AssertNoRemains();
    }

    [Fact]
    public async Task Unpack_SameContentAsImageAndAsRoot_IsOneRoot()
    {
        using var fixture = new RootsFixture();
        var first = await fixture.Unpack(Base);
        var second = await fixture.Unpack(ImageBuilder.Oci([Gzip(Base)]));
        Assert.Equal(first.Digest, second.Digest);
        Assert.Single(Directory.EnumerateDirectories(fixture.Layout.Roots));
    }

    [Fact]
    public async Task Unpack_ImageForSeveralMachines_TakesTheOneForThis()
    {
        using var fixture = new RootsFixture();
        var archive = ImageBuilder.Oci([Base], change: files =>
        {
            var index = System.Text.Json.Nodes.JsonNode.Parse(files["index.json"])!;
            var manifests = index["manifests"]!.AsArray();
            manifests[0]!["platform"] = new System.Text.Json.Nodes.JsonObject { ["os"] = "linux", ["architecture"] = ImageBuilder.Architecture };
            manifests.Add(new System.Text.Json.Nodes.JsonObject
            {
                ["digest"] = "sha256:00", ["platform"] = new System.Text.Json.Nodes.JsonObject { ["os"] = "unknown", ["architecture"] = "unknown" },
            });
            files["index.json"] = ImageBuilder.Json(index);
        });
        Assert.Equal("image", (await fixture.Unpack(archive)).Format);
    }

    [Fact]
    public async Task Unpack_WhiteoutThroughALink_TouchesNothing()
    {
        using var fixture = new RootsFixture();
        var lower = new TarBytes().AddShell().Add(Link, "a", target: fixture.Victim).Add(Link, "b", target: "../../../../..").ToArray();
        var upper = new TarBytes().Add(Plain, "a/.wh.secret").Add(Plain, "a/.wh..wh..opq").Add(Plain, "b/victim/.wh.secret").ToArray();

        var root = await fixture.Unpack(ImageBuilder.Oci([lower, upper]));

        Assert.Equal(fixture.Victim, new FileInfo(fixture.PathOf(root, "a")).LinkTarget);
        fixture.AssertNothingOutside();
    }

    [Theory]
    [InlineData(".wh.", "takes away nothing")]
    [InlineData(".wh...", "takes away nothing")]
    [InlineData("../victim/.wh.secret", "leads out")]
    [InlineData("/etc/.wh.passwd", "absolute")]
    public async Task Unpack_ImpossibleWhiteout_IsRefused(string name, string reason)
    {
        using var fixture = new RootsFixture();
        var upper = new TarBytes().Add(Plain, name).ToArray();
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Unpack(ImageBuilder.Docker([Base, upper])));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        fixture.AssertNothingOutside();
    }

    [Theory]
    [InlineData("""[{"Config": "config.json", "Layers": ["../../../victim/secret"]}]""", "lacks")]
    [InlineData("""[{"Config": "config.json", "Layers": ["/etc/passwd"]}]""", "lacks")]
    [InlineData("""[{"Config": "out", "Layers": ["0/layer.tar"]}]""", "lacks")]
    [InlineData("""[{"Config": "config.json", "Layers": []}]""", "1 to 256 layers")]
    [InlineData("""[{"Config": "config.json", "Layers": [1]}]""", "not valid")]
    [InlineData("""[{"Config": "config.json"}]""", "not valid")]
    [InlineData("""[{}, {}]""", "several images")]
    [InlineData("{}", "not valid")]
    [InlineData("[", "not valid")]
    public async Task Unpack_ManifestThatNamesWhatIsNotThere_IsRefused(string manifest, string reason)
    {
        using var fixture = new RootsFixture();
        var archive = ImageBuilder.Docker([Base], more: tar => tar.Add(Link, "out", target: fixture.Victim + "/secret"), manifest: manifest);
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Unpack(archive));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        fixture.AssertNothingOutside();
        fixture.AssertNoRemains();
    }

    [Fact]
    public async Task Unpack_LayerThatIsALinkToAnother_IsThatOne()
    {
        using var fixture = new RootsFixture();
        const string manifest = """[{"Config": "config.json", "Layers": ["0/layer.tar", "copy/layer.tar"]}]""";
        var archive = ImageBuilder.Docker([Base], more: tar => tar.Add(Link, "copy/layer.tar", target: "../0/layer.tar"), manifest: manifest);
        Assert.Equal((await fixture.Unpack(Base)).Digest, (await fixture.Unpack(archive)).Digest);
    }

    [Fact]
    public async Task Unpack_LayerThatWasChanged_IsRefused()
    {
        using var fixture = new RootsFixture();
        var archive = ImageBuilder.Oci([Base], change: files => files[files.Keys.First(key => files[key] == Base)] = Upper);
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Unpack(archive));
        Assert.Contains("not what its name says", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unpack_ImageForAnotherMachine_IsRefused()
    {
        using var fixture = new RootsFixture();
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Unpack(ImageBuilder.Oci([Base], architecture: "s390x")));
        Assert.Contains("s390x", refusal.Message, StringComparison.Ordinal);
    }
}
