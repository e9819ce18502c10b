using Sandbox.Runtime.Templates;
using static Sandbox.Runtime.Tests.Templates.TarBytes;

namespace Sandbox.Runtime.Tests.Templates;

public sealed class TemplateRootsTests
{
    private static readonly byte[] Archive = new TarBytes().AddShell().Add(Plain, "usr/lib/m.py", "x = 1").ToArray();

    [Fact]
    public async Task Unpack_RootFileSystem_HasWhatASandboxNeeds()
    {
        using var fixture = new RootsFixture();

        var root = await fixture.Unpack(Archive);

        Assert.Equal(("rootfs", 64), (root.Format, root.Digest.Length));
        Assert.All(["proc", "dev", "tmp", "workspace", "run/sandbox", "opt/sandbox", "opt/packages"], path => Assert.True(Directory.Exists(fixture.PathOf(root, path))));
        Assert.Contains("127.0.0.1 localhost", File.ReadAllText(fixture.PathOf(root, "etc/hosts")), StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), new DateTimeOffset(File.GetLastWriteTimeUtc(fixture.PathOf(root, "usr/lib/m.py"))));
    }

    [Fact]
    public async Task Unpack_RootFileSystem_LetsNodeFindPackages_ButKeepsAFolderOfItsOwn()
    {
        using var fixture = new RootsFixture();
        var root = await fixture.Unpack(Archive);
        var other = await fixture.Unpack(new TarBytes().AddShell().Add(Plain, "node_modules/a/index.js", "1").ToArray());
        Assert.Equal("opt/packages/node/node_modules", new FileInfo(fixture.PathOf(root, "node_modules")).LinkTarget);
        Assert.True(File.Exists(fixture.PathOf(other, "node_modules/a/index.js")));
    }

    [Fact]
    public async Task UnpackLayer_LinksAndAll_IsTakenAsItIs()
    {
        using var fixture = new RootsFixture();
        var layer = await fixture.Roots.UnpackLayer(
            new MemoryStream(new TarBytes().Add(Plain, "node/m.js", "1").Add(Link, "node/out", target: "/etc").ToArray()), TestContext.Current.CancellationToken);
        Assert.Equal(("layer", 1), (layer.Format, layer.SizeBytes));
        Assert.Equal(1, fixture.Roots.SizeOf(layer.Digest));
        Assert.Equal("/etc", new FileInfo(fixture.PathOf(layer, "node/out")).LinkTarget);
        Assert.False(Directory.Exists(fixture.PathOf(layer, "proc")));
        await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Roots.UnpackLayer(
            new MemoryStream(new TarBytes().Add(Link, "node", target: "/etc").Add(Plain, "node/passwd", "1").ToArray()), TestContext.Current.CancellationToken));
        fixture.AssertNoRemains();
    }

    [Theory]
    [InlineData("changed content of another size")]
    [InlineData(null)]
    public async Task IsWhole_FileChangedOrGone_IsFalse(string? content)
    {
        using var fixture = new RootsFixture();
        var root = await fixture.Unpack(Archive);
        var file = fixture.PathOf(root, "usr/lib/m.py");

        if (content is null)
            File.Delete(file);
        else
            File.WriteAllText(file, content);

        Assert.False(fixture.Roots.IsWhole(root.Digest));
    }

    [Fact]
    public async Task Unpack_DamagedOneIsThere_IsPutAnew()
    {
        using var fixture = new RootsFixture();
        var root = await fixture.Unpack(Archive);
        File.Delete(fixture.PathOf(root, "usr/lib/m.py"));

        Assert.Equal(root.Digest, (await fixture.Unpack(Archive)).Digest);

        Assert.True(fixture.Roots.IsWhole(root.Digest));
        fixture.AssertNoRemains();
    }

    [Fact]
    public async Task RemoveAllBut_StagingAndUnknown_AreRemoved()
    {
        using var fixture = new RootsFixture();
        var kept = await fixture.Unpack(Archive);
        var other = await fixture.Unpack(new TarBytes().AddShell().ToArray());
        Directory.CreateDirectory(Path.Combine(fixture.Layout.Roots, "0123.new", "root"));
        Directory.CreateDirectory(Path.Combine(fixture.Layout.Roots, "root-1.removed"));

        fixture.Roots.RemoveAllBut(new HashSet<string> { kept.Digest });

        Assert.Equal([fixture.Layout.RootFolder(kept.Digest)], Directory.EnumerateFileSystemEntries(fixture.Layout.Roots));
        Assert.False(fixture.Roots.IsWhole(other.Digest));
    }

    [Fact]
    public async Task Unpack_TakesTooLong_IsRefusedAndLeavesNothing()
    {
        using var fixture = new RootsFixture(options => options.MaxImportSeconds = 1);
        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Roots.Unpack(new NeverStream(), TestContext.Current.CancellationToken));
        Assert.Contains("longer than 1 seconds", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Layout.Roots));
    }

    [Fact]
    public async Task Copy_AllowedFolder_IsTakenWithoutFollowingItsLinks()
    {
        using var fixture = new RootsFixture();
        var source = Path.Combine(fixture.Folder, "images", "one");
        Directory.CreateDirectory(Path.Combine(source, "bin"));
        File.WriteAllText(Path.Combine(source, "bin", "sh"), "#!");
        File.SetUnixFileMode(Path.Combine(source, "bin", "sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(source, "secret"), Path.Combine(fixture.Victim, "secret"));
        fixture.Options.LocalFolders.Add(Path.Combine(fixture.Folder, "images"));

        var root = await fixture.Roots.Copy(source, TestContext.Current.CancellationToken);

        Assert.Equal("folder", root.Format);
        Assert.Equal(Path.Combine(fixture.Victim, "secret"), new FileInfo(fixture.PathOf(root, "secret")).LinkTarget);
    }

    [Theory]
    [InlineData("images/one", null)]
    [InlineData("images", null)]
    [InlineData("images-2/one", "below none")]
    [InlineData("victim", "below none")]
    [InlineData("images/../victim", "without '..'")]
    [InlineData("images/link", "through a link")]
    [InlineData("images/link/folder", "through a link")]
    [InlineData("images/absent", "no such folder")]
    public void Refuse_Folder_OnlyBelowTheAllowedOnesWithoutLinks(string path, string? reason)
    {
        using var fixture = new RootsFixture();
        Directory.CreateDirectory(Path.Combine(fixture.Folder, "images", "one"));
        Directory.CreateDirectory(Path.Combine(fixture.Folder, "images-2", "one"));
        Directory.CreateSymbolicLink(Path.Combine(fixture.Folder, "images", "link"), fixture.Victim);
        fixture.Options.LocalFolders.Add(Path.Combine(fixture.Folder, "images/"));

        var refusal = fixture.Roots.Refuse(Path.Combine(fixture.Folder, path));

        if (reason is null)
            Assert.Null(refusal);
        else
            Assert.Contains(reason, refusal, StringComparison.Ordinal);
        Assert.NotNull(fixture.Roots.Refuse("images/one"));
    }

    /// <summary>A sender that never sends.</summary>
    private sealed class NeverStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
