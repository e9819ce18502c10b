using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sandbox.Runtime.Oci;
using Sandbox.Runtime.Oci.Checkpoints;
using Sandbox.Runtime.Templates;

namespace Sandbox.Runtime.Tests.Oci.Checkpoints;

public sealed class ImageReceiverTests : IDisposable
{
    private const long Most = 10 << 20;

    private readonly string _root = Path.Combine("/dev/shm", $"sandbox-images-{Guid.NewGuid():n}");
    private readonly HostLayout _layout;
    private readonly ImageStore _store;
    private readonly ImageReceiver _receiver;

    public ImageReceiverTests()
    {
        var options = Options.Create(new RuntimeOptions { RunDirectory = _root, MaxImageBytes = 5 << 20 });
        _layout = new HostLayout(options, new TemplateRegistry());
        Directory.CreateDirectory(_layout.Images);
        _store = new ImageStore(_layout, options);
        _receiver = new ImageReceiver(_store);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Receive_WhatWasRead_IsEqual()
    {
        var stored = await Stored();

        await using var received = await _receiver.Receive(new MemoryStream(stored), stored.Length, Token);

        Assert.Equal(stored, await ReadAll(received));
        Assert.Equal(stored.Length, received.Length);
        Assert.Equal(["checkpoint.img", "pages.img"], received.Header.Files.Select(file => file.Name));
    }

    [Fact]
    public async Task Receive_AnyByteChanged_IsRefusedAndNothingIsLeft()
    {
        var stored = await Stored();
        for (var i = 0; i < stored.Length; i += Math.Max(1, stored.Length / 97))
        {
            var changed = stored.ToArray();
            changed[i] ^= 0x40;
            await Refused(changed);
        }
    }

    [Fact]
    public async Task Receive_CutOffOrWithMoreBehind_IsRefusedAndNothingIsLeft()
    {
        var stored = await Stored();
        for (var length = 0; length < stored.Length; length += Math.Max(1, stored.Length / 97))
            await Refused(stored[..length]);
        await Refused([.. stored, 0]);
    }

    [Theory]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"../escape","Length":1}]}""")]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"/etc/escape","Length":1}]}""")]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"a","Length":1},{"Name":"a","Length":1}]}""")]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"a","Length":-1}]}""")]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"a","Length":9223372036854775807}]}""")]
    [InlineData("""{"Engine":"e","Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[]}""")]
    [InlineData("""{"Engine":null,"Root":"r","Agent":"a","UsedBytes":3,"DiskBytes":1,"Processes":1,"Files":[{"Name":"a","Length":1}]}""")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task Receive_HostileHeader_IsRefused(string header)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var stored = new byte[12 + text.Length + 100];
        "SBXIMG1\n"u8.CopyTo(stored);
        BinaryPrimitives.WriteInt32BigEndian(stored.AsSpan(8), text.Length);
        text.CopyTo(stored, 12);

        await Refused(stored);
    }

    [Fact]
    public async Task Receive_MoreThanAllowedOrThanThereIsRoomFor_IsRefused()
    {
        var stored = await Stored();
        await Assert.ThrowsAsync<SandboxImageException>(() => _receiver.Receive(new MemoryStream(stored), stored.Length - 1, Token));

        using var taken = _store.Reserve((5 << 20) - 1000);
        await Refused(stored, left: 1);
    }

    private async Task Refused(byte[] content, int left = 0)
    {
        await Assert.ThrowsAsync<SandboxImageException>(() => _receiver.Receive(new MemoryStream(content), Most, Token));
        Assert.Equal(left, Directory.Exists(_layout.Images) ? Directory.EnumerateFileSystemEntries(_layout.Images).Count() : 0);
    }

    private async Task<byte[]> Stored()
    {
        var folder = _store.Reserve(1 << 20);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "checkpoint.img"), RandomNumberGenerator.GetBytes(300_001), Token);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "pages.img"), RandomNumberGenerator.GetBytes(10), Token);
        await using var image = new OciImage(new ImageHeader("version", "root", "agent", 3, 1, 2, ImageFile.In(folder)), folder);
        return await ReadAll(image);
    }

    private static async Task<byte[]> ReadAll(SandboxImage image)
    {
        var all = new MemoryStream();
        await using var content = image.OpenRead();
        await content.CopyToAsync(all, Token);
        return all.ToArray();
    }
}
