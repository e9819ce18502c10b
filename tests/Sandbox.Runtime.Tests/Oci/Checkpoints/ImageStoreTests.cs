using Microsoft.Extensions.Options;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Checkpoints;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Oci.Checkpoints;

public sealed class ImageStoreTests : IDisposable
{
    private readonly string _root = Path.Combine("/dev/shm", $"sandbox-images-{Guid.NewGuid():n}");
    private readonly HostLayout _layout;
    private readonly ImageStore _store;

    public ImageStoreTests()
    {
        var options = Options.Create(new RuntimeOptions { RunDirectory = _root, MaxImageBytes = 1000 });
        _layout = new HostLayout(options, new TemplateRegistry());
        Directory.CreateDirectory(_layout.Images);
        _store = new ImageStore(_layout, options);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Reserve_MoreThanThereIs_IsRefusedUntilSomethingIsGivenBack()
    {
        var first = _store.Reserve(600);
        Assert.Throws<SandboxImageException>(() => _store.Reserve(401));
        using var second = _store.Reserve(400);
        first.Dispose();
        using var third = _store.Reserve(600);
    }

    [Fact]
    public void Settle_SmallerThanReserved_GivesTheRestBack()
    {
        using var first = _store.Reserve(1000);
        File.WriteAllBytes(Path.Combine(first.Path, "file"), new byte[100]);
        first.Settle();

        using var second = _store.Reserve(900);
        Assert.Throws<SandboxImageException>(() => _store.Reserve(1));
    }

    [Fact]
    public void Dispose_OneOfTwoHolders_LeavesTheImage()
    {
        var first = _store.Reserve(1000);
        var second = _store.Open(first.Name)!;
        first.Dispose();
        first.Dispose();
        Assert.True(Directory.Exists(second.Path));

        File.WriteAllText(second.Log, "said");
        second.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Images));
        Assert.Null(_store.Open(first.Name));
    }

    [Fact]
    public void Open_LeftByAnEarlierProcess_CountsWhatItTakes()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_layout.Images, "img-left")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "file"), new byte[700]);

        using var left = _store.Open("img-left")!;

        Assert.Throws<SandboxImageException>(() => _store.Reserve(301));
        using var other = _store.Reserve(300);
    }

    [Fact]
    public void Reserve_NotInMemory_IsRefusedAndNothingIsWritten()
    {
        var disk = Directory.CreateTempSubdirectory("sandbox-images-").FullName;
        var options = Options.Create(new RuntimeOptions { RunDirectory = disk, MaxImageBytes = 1000 });
        var layout = new HostLayout(options, new TemplateRegistry());
        Directory.CreateDirectory(layout.Images);

        Assert.Throws<SandboxImageException>(() => new ImageStore(layout, options).Reserve(1));

        Assert.Empty(Directory.EnumerateFileSystemEntries(layout.Images));
        Directory.Delete(disk, recursive: true);
    }

    [Fact]
    public void Sweep_ImagesOfOtherServers_StayWhileThoseLive()
    {
        string[] names = ["img-1-00", "img-2147483647-00", $"img-{Environment.ProcessId}-00"];
        foreach (var name in names)
            Directory.CreateDirectory(Path.Combine(_layout.Images, name));

        _store.Sweep(new HashSet<string>());

        Assert.Equal(["img-1-00"], Names());
    }

    [Fact]
    public async Task Sweep_And_Close_RemoveWhatNobodyHoldsOrWants()
    {
        using var held = _store.Reserve(1);
        foreach (var name in (string[])["img-wanted", "img-left"])
            Directory.CreateDirectory(Path.Combine(_layout.Images, name));

        _store.Sweep(new HashSet<string> { "img-wanted" });
        Assert.Equal(new[] { held.Name, "img-wanted" }.Order(), Names().Order());

        await _store.Close(new HashSet<string> { "img-wanted" });
        Assert.Equal(["img-wanted"], Names());
        await _store.Close(new HashSet<string>());
        Assert.False(Directory.Exists(_layout.Images));
    }

    private IEnumerable<string> Names() => Directory.EnumerateDirectories(_layout.Images).Select(path => Path.GetFileName(path));
}
