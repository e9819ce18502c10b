using System.IO.Compression;
using System.Text;
using Sandbox.Packages.Cache;
using Sandbox.Packages.Python;
using Sandbox.Packages.Tests.Testing;

namespace Sandbox.Packages.Tests.Python;

/// <summary>What a wheel says that it depends on.</summary>
public sealed class WheelMetadataTests
{
    [Fact]
    public async Task Dependencies_OfAWheel_AreNamesInNormalForm() => Assert.Equal(
        ["a", "b-c", "d", "e"],
        await Dependencies(Wheel.Of("demo", "1.0", "A", "b_c (>=1)", "d[x,y]>=1; extra == 'z'", "e @ https://example.org/e.whl", "; nothing").Content));

    [Fact]
    public async Task Dependencies_OfWhatIsNoWheel_AreNone()
    {
        Assert.Empty(await Dependencies("nothing"u8.ToArray()));
        Assert.Empty(await Dependencies(Wheel.Of("demo", "1.0", "a").Content[..^30]));
        Assert.Empty(await Dependencies(Zip(("demo.py", "Requires-Dist: a"), ("deep/demo-1.0.dist-info/METADATA", "Requires-Dist: a"))));
    }

    [Fact]
    public async Task Dependencies_BehindMoreThanAnyoneWrites_AreNotRead() =>
        Assert.Empty(await Dependencies(Zip(("demo-1.0.dist-info/METADATA", new string('x', 5 << 20) + "\nRequires-Dist: a\n"))));

    [Fact]
    public async Task Dependencies_OfAnArchiveWithAnEndlessList_AreNotRead() =>
        Assert.Empty(await Dependencies(Zip([.. Enumerable.Range(0, 300).Select(at => ($"{at}{new string('x', 60_000)}", "")), ("demo-1.0.dist-info/METADATA", "Requires-Dist: a\n")])));

    [Fact]
    public async Task Dependencies_OfDamagedWheels_AreWhateverIsLeft()
    {
        var random = new Random(1);
        var whole = Wheel.Of("demo", "1.0", "a").Content;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(2) == 0 ? 255 : random.Next(256));
            Assert.InRange((await Dependencies(damaged)).Count, 0, 2);
        }
    }

    private static async Task<IReadOnlyList<string>> Dependencies(byte[] content)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(folder.Path, "file");
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        await using var file = new CachedFile(File.OpenRead(path));
        return WheelMetadata.Dependencies(file);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return content.ToArray();
    }
}
