using System.Text;
using Sandbox.Runtime.Templates;
using static Sandbox.Runtime.Tests.Templates.TarBytes;

namespace Sandbox.Runtime.Tests.Templates;

/// <summary>What an archive can try, and what comes of it. After each nothing outside of the roots has changed, and no half of an import is left.</summary>
public sealed class HostileArchiveTests
{
    private const int SetUser = 0x9ED;
    private const long Terabyte = 1L << 40;

    /// <summary>Archives that are refused, with a part of what is said.</summary>
    private static readonly Dictionary<string, (Func<string, byte[]> Archive, string Reason)> Refused = new()
    {
        ["absolute path"] = (victim => Tar().Add(Plain, victim + "/file", "x").ToArray(), "absolute"),
        ["parent"] = (_ => Tar().Add(Plain, "../victim/file", "x").ToArray(), "'../victim/file' leads out"),
        ["parent within"] = (_ => Tar().Add(Plain, "bin/../../../victim/file", "x").ToArray(), "leads out"),
        ["parent as folder"] = (_ => Tar().Add(Dir, "..").ToArray(), "leads out"),
        ["file through a link"] = (victim => Tar().Add(Link, "a", target: victim).Add(Plain, "a/file", "x").ToArray(), "goes through the link 'a'"),
        ["file through a relative link"] = (_ => Tar().Add(Link, "a", target: "../../../..").Add(Plain, "a/victim/file", "x").ToArray(), "goes through the link"),
        ["file through two links"] = (victim => Tar().Add(Link, "a", target: "b").Add(Link, "b", target: victim).Add(Plain, "a/file", "x").ToArray(), "goes through the link"),
        ["folder through a link"] = (victim => Tar().Add(Link, "a", target: victim).Add(Dir, "a/folder/").ToArray(), "goes through the link"),
        ["link through a link"] = (victim => Tar().Add(Link, "a", target: victim).Add(Link, "a/link", target: "x").ToArray(), "goes through the link"),
        ["folder turned into a link"] = (victim => Tar().Add(Dir, "a/").Add(Link, "a", target: victim).Add(Plain, "a/secret", "x").ToArray(), "goes through the link"),
        ["file through a file"] = (_ => Tar().Add(Plain, "a", "x").Add(Plain, "a/b", "x").ToArray(), "goes through the file"),
        ["hard link, absolute"] = (victim => Tar().Add(HardLink, "a", target: victim + "/secret").ToArray(), "absolute"),
        ["hard link, parent"] = (_ => Tar().Add(HardLink, "a", target: "../../victim/secret").ToArray(), "leads out"),
        ["hard link through a link"] = (victim => Tar().Add(Link, "a", target: victim).Add(HardLink, "b", target: "a/secret").ToArray(), "no file of the archive"),
        ["hard link to nothing"] = (_ => Tar().Add(HardLink, "a", target: "not/there").ToArray(), "no file of the archive"),
        ["hard link to a folder"] = (_ => Tar().Add(HardLink, "a", target: "bin").ToArray(), "no file of the archive"),
        ["name with a line break"] = (_ => Tar().Add(Plain, "a\nb", "x").ToArray(), "control character"),
        ["name with an escape"] = (_ => Tar().Add(Plain, "a\u001b[2J", "x").ToArray(), "control character"),
        ["name with a zero byte"] = (_ => Tar().AddPax(Plain, "a", [("path", "a\0b")], "x").ToArray(), "control character"),
        ["name that is no UTF-8"] = (_ => Tar().Add(Plain, [(byte)'a', 0xff, 0xfe], "x"u8.ToArray(), [], 0x1A4).ToArray(), "not UTF-8"),
        ["link target with a line break"] = (_ => Tar().Add(Link, "a", target: "b\nc").ToArray(), "impossible target"),
        ["link without a target"] = (_ => Tar().Add(Link, "a").ToArray(), "impossible target"),
        ["name too long"] = (_ => Tar().AddPax(Plain, "a", [("path", new string('a', 256))], "x").ToArray(), "longer than 255"),
        ["path too long"] = (_ => Tar().AddPax(Plain, "a", [("path", string.Join('/', Enumerable.Repeat("abcdefgh", 400)))], "x").ToArray(), "longer than 3072"),
        ["path too deep"] = (_ => Tar().AddPax(Plain, "a", [("path", string.Join('/', Enumerable.Repeat("a", 200)))], "x").ToArray(), "deeper than"),
        ["root as a file"] = (_ => Tar().Add(Plain, "./", "x").ToArray(), "place of the root"),
        ["root as a link"] = (victim => Tar().Add(Link, ".", target: victim).ToArray(), "place of the root"),
        ["sparse file"] = (_ => Tar().Add('S', "a", "x").ToArray(), "not supported"),
        ["sparse file by attributes"] = (_ => Tar().AddPax(Plain, "a", [("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "1099511627776")], "x").ToArray(), "sparse"),
        ["several volumes"] = (_ => Tar().Add('M', "a", "x").ToArray(), "not supported"),
        ["size of a terabyte"] = (_ => Tar().Add(Plain, Utf8("a"), Utf8("x"), [], 0x1A4, Terabyte).ToArray(), "longer than"),
        ["size by attribute"] = (_ => Tar().AddPax(Plain, "a", [("size", "9223372036854775807")], "x").ToArray(), ""),
        ["negative size"] = (_ => Tar().AddPax(Plain, "a", [("size", "-1")], "x").ToArray(), ""),
        ["attributes of a gigabyte"] = (_ => Tar().Add(Pax, Utf8("a"), new byte[4 << 20], [], 0x1A4, 1 << 30).ToArray(), "header of an entry is too long"),
        ["long name of a gigabyte"] = (_ => Tar().Add('L', Utf8("a"), new byte[4 << 20], [], 0x1A4, 1 << 30).ToArray(), "header of an entry is too long"),
        ["link with a content of a gigabyte"] = (_ => Tar().Add(Link, Utf8("a"), new byte[4 << 20], Utf8("b"), 0x1A4, 1 << 30).ToArray(), ""),
        ["small file that unpacks to much"] = (_ => Gzip(Tar().Add(Plain, Utf8("a"), new byte[64 << 20], [], 0x1A4).ToArray()), "longer than"),
        ["much in many files"] = (_ => Gzip(Many(40, new byte[1 << 20]).ToArray()), "longer than"),
        ["too many entries"] = (_ => Gzip(Many(10_001, []).ToArray()), "more than 10000 entries"),
        ["cut off"] = (_ => Tar().Add(Plain, Utf8("a"), new byte[4096], [], 0x1A4).ToArray()[..3000], "no whole tar archive"),
        ["cut off, compressed"] = (_ => Gzip(Tar().Add(Plain, Utf8("a"), new byte[4096], [], 0x1A4).ToArray())[..80], "no whole tar archive"),
        ["no archive"] = (_ => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("This is no archive. ", 100))), "no whole tar archive"),
        ["nothing"] = (_ => [], "empty"),
        ["zstd"] = (_ => [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], "only gzip"),
        ["mount point is a link"] = (victim => Tar().Add(Link, "tmp", target: victim).ToArray(), "/tmp is no folder"),
        ["mount point is below a link"] = (victim => Tar().Add(Link, "opt", target: victim).ToArray(), "/opt is no folder"),
        ["mount point is a file"] = (_ => Tar().Add(Plain, "workspace", "x").ToArray(), "/workspace is no folder"),
        ["no shell"] = (_ => new TarBytes().Add(Dir, "bin/").ToArray(), "no program /bin/sh"),
        ["shell leads out"] = (victim => new TarBytes().Add(Link, "bin/sh", target: victim + "/secret").ToArray(), "no program /bin/sh"),
        ["shell leads round"] = (_ => new TarBytes().Add(Link, "bin/sh", target: "sh").ToArray(), "no program /bin/sh"),
    };

    /// <summary>Archives that are taken, and what has become of what they tried.</summary>
    private static readonly Dictionary<string, (Func<string, byte[]> Archive, Action<Func<string, string>> Check)> Taken = new()
    {
        ["devices and pipes"] = (
            _ => Tar().Add('3', "dev/mem").Add('4', "dev/sda").Add('6', "dev/pipe").ToArray(),
            path => Assert.Empty(Directory.EnumerateFileSystemEntries(path("dev")))),
        ["set-user-id bits"] = (
            _ => Tar().Add(Plain, "bin/su", "x", mode: SetUser).Add(Dir, "shared/", mode: 0x7FF).ToArray(),
            path =>
            {
                Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(path("bin/su")));
                Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(path("shared")));
            }),
        ["files that nobody may read"] = (
            _ => Tar().Add(Plain, "etc/shadow", "x", mode: 0).ToArray(),
            path => Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(path("etc/shadow")))),
        ["capabilities as attributes"] = (
            _ => Tar().AddPax(Plain, "bin/ping", [("SCHILY.xattr.security.capability", "\u0001\u0000\u0000\u0002")], "x").ToArray(),
            path => Assert.True(File.Exists(path("bin/ping")))),
        ["library for every program"] = (
            victim => Tar().Add(Plain, "etc/kept", "x").Add(Link, "etc/ld.so.preload", target: victim + "/secret").ToArray(),
            path => Assert.Equal([path("etc/kept")], Directory.EnumerateFileSystemEntries(path("etc")).Where(entry => Path.GetFileName(entry) is "kept" or "ld.so.preload"))),
        ["links out of the root"] = (
            victim => Tar().Add(Link, "a", target: victim + "/secret").Add(Link, "b", target: "../../../../..").ToArray(),
            path => Assert.Equal("../../../../..", new FileInfo(path("b")).LinkTarget)),
        ["file, then a link in its place"] = (
            victim => Tar().Add(Plain, "a", "x").Add(Link, "a", target: victim + "/secret").ToArray(),
            path => Assert.EndsWith("/secret", new FileInfo(path("a")).LinkTarget, StringComparison.Ordinal)),
        ["link, then a file in its place"] = (
            victim => Tar().Add(Link, "a", target: victim + "/secret").Add(Plain, "a", "mine").ToArray(),
            path => Assert.Equal("mine", File.ReadAllText(path("a")))),
        ["link, then a folder in its place"] = (
            victim => Tar().Add(Link, "a", target: victim).Add(Dir, "a/").Add(Plain, "a/file", "mine").ToArray(),
            path => Assert.Equal("mine", File.ReadAllText(path("a/file")))),
        ["hard link to a link"] = (
            victim => Tar().Add(Link, "a", target: victim + "/secret").Add(HardLink, "b", target: "a").ToArray(),
            path => Assert.EndsWith("/secret", new FileInfo(path("b")).LinkTarget, StringComparison.Ordinal)),
        ["the same name several times"] = (
            _ => Tar().Add(Plain, "a", "1").Add(Plain, "./a", "2").Add(Plain, ".//a", "3").ToArray(),
            path => Assert.Equal("3", File.ReadAllText(path("a")))),
        ["names that differ in case"] = (
            _ => Tar().Add(Plain, "File", "1").Add(Plain, "file", "2").ToArray(),
            path => Assert.Equal("12", File.ReadAllText(path("File")) + File.ReadAllText(path("file")))),
        ["path by a global attribute"] = (
            _ => Tar().Add('g', "g", "23 path=../victim/file\n").Add(Plain, "a", "mine").ToArray(),
            path => Assert.Equal("mine", File.ReadAllText(path("a")))),
        ["marks of layers outside of an image"] = (
            _ => Tar().Add(Plain, "a/.wh.b", "x").ToArray(),
            path => Assert.True(File.Exists(path("a/.wh.b")))),
        ["two names of one file"] = (
            _ => Tar().Add(Plain, "a", "x").Add(HardLink, "b/c", target: "a").ToArray(),
            path => Assert.Equal("x", File.ReadAllText(path("b/c")))),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> TakenNames => [.. Taken.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task Unpack_RefusedArchive_SaysWhyAndLeavesNothing(string name)
    {
        using var fixture = new RootsFixture();
        var (archive, reason) = Refused[name];

        var refusal = await Assert.ThrowsAsync<TemplateContentException>(() => fixture.Unpack(archive(fixture.Victim)));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
        fixture.AssertNothingOutside();
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Layout.Roots));
    }

    [Theory]
    [MemberData(nameof(TakenNames))]
    public async Task Unpack_TakenArchive_StaysInItsRoot(string name)
    {
        using var fixture = new RootsFixture();
        var (archive, check) = Taken[name];

        var root = await fixture.Unpack(archive(fixture.Victim));

        check(path => fixture.PathOf(root, path));
        fixture.AssertNothingOutside();
        fixture.AssertNoRemains();
        Assert.True(fixture.Roots.IsWhole(root.Digest));
    }

    private static TarBytes Tar() => new TarBytes().AddShell();

    private static TarBytes Many(int count, byte[] content)
    {
        var tar = Tar();
        for (var i = 0; i < count; i++)
            tar.Add(Plain, Utf8($"f{i}"), content, [], 0x1A4);
        return tar;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
