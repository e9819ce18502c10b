using System.Security.Cryptography;
using Sandbox.Storage.Encryption;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>An object on the disk can be read as it was written, and in no other way.</summary>
public sealed class EncryptedObjectTests : IDisposable
{
    private const int Chunk = EncryptedFormat.ChunkBytes;
    private const int Stored = EncryptedFormat.StoredChunkBytes;
    private const int Head = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _key = KeyWrap.NewKey();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.Path, "object");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(3 * Chunk)]
    [InlineData((3 * Chunk) + 17)]
    public async Task Content_OfAnySize_IsReadBackAndIsNowhereOnTheDisk(int size)
    {
        var plain = await Write(size);

        await using var stream = await Open();
        Assert.Equal(size, stream.Length);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);

        Assert.Equal(plain, copy.ToArray());
        Assert.True(size < 16 || File.ReadAllBytes(FilePath).AsSpan().IndexOf(plain.AsSpan(0, 16)) < 0);
    }

    [Fact]
    public async Task Content_ReadInParts_HasTheBytesOfEachPlace()
    {
        var plain = await Write((3 * Chunk) + 100);
        await using var stream = await Open();
        var random = new Random(1);
        var buffer = new byte[200_000];
        for (var i = 0; i < 50; i++)
        {
            var (from, most) = (random.Next(plain.Length + 10), random.Next(1, buffer.Length));
            stream.Position = from;
            var read = i % 2 == 0 ? stream.ReadAtLeast(buffer.AsSpan(0, most), most, throwOnEndOfStream: false) : await stream.ReadAtLeastAsync(buffer.AsMemory(0, most), most, throwOnEndOfStream: false, Cancel);
            Assert.Equal(plain.AsSpan(Math.Min(from, plain.Length)).ToArray().Take(most), buffer.Take(read));
        }
    }

    [Fact]
    public async Task EveryByte_WhenChanged_IsFoundOut()
    {
        await Write(50);
        var stored = File.ReadAllBytes(FilePath);
        for (var i = 0; i < stored.Length; i++)
        {
            var changed = stored.ToArray();
            changed[i] ^= 1;
            File.WriteAllBytes(FilePath, changed);
            await Assert.ThrowsAsync<InvalidDataException>(ReadAll);
        }
    }

    [Fact]
    public async Task EveryCut_IsFoundOutWhenItIsOpened()
    {
        await Write((2 * Chunk) + 10);
        var stored = File.ReadAllBytes(FilePath);
        // Also where one chunk ends and the next begins, and of the last chunk each byte.
        foreach (var length in Enumerable.Range(0, 40).Concat([Head + Stored, Head + Stored + 16, Head + (2 * Stored), stored.Length - 1, stored.Length - 16]))
        {
            File.WriteAllBytes(FilePath, stored[..length]);
            await Assert.ThrowsAsync<InvalidDataException>(() => Open());
        }
    }

    [Fact]
    public async Task Chunks_InAnotherOrder_LeftOutOrRepeated_AreFoundOut()
    {
        await Write((3 * Chunk) + 10);
        var stored = File.ReadAllBytes(FilePath);
        var (head, last) = (stored[..Head], stored[(Head + (3 * Stored))..]);
        byte[] Part(int i) => stored[(Head + (i * Stored))..(Head + ((i + 1) * Stored))];
        byte[][] forgeries =
        [
            [.. head, .. Part(1), .. Part(0), .. Part(2), .. last],
            [.. head, .. Part(0), .. Part(1), .. last],
            [.. head, .. Part(0), .. Part(1), .. Part(2), .. Part(2), .. last],
            [.. head, .. Part(0), .. Part(1), .. Part(2)],
            [.. stored, .. last],
            [.. stored, 0],
        ];
        foreach (var forged in forgeries)
        {
            File.WriteAllBytes(FilePath, forged);
            await Assert.ThrowsAsync<InvalidDataException>(ReadAll);
        }
    }

    [Fact]
    public async Task Object_UnderAnotherIdOrKey_DoesNotOpen()
    {
        await Write(100);

        await Assert.ThrowsAsync<InvalidDataException>(() => Open("art_other"));
        await Assert.ThrowsAsync<InvalidDataException>(() => DecryptingStream.Open(File.OpenRead(FilePath), KeyWrap.NewKey(), "art_1", Cancel));
    }

    [Fact]
    public async Task Damage_InOnePart_LeavesTheOthersReadable()
    {
        var plain = await Write(3 * Chunk);
        var stored = File.ReadAllBytes(FilePath);
        stored[Head + Stored + 5] ^= 0x80;
        File.WriteAllBytes(FilePath, stored);
        await using var stream = await Open();
        var buffer = new byte[10];

        stream.ReadExactly(buffer);
        Assert.Equal(plain[..10], buffer);
        stream.Position = Chunk;
        Assert.Throws<InvalidDataException>(() => stream.ReadByte());
        stream.Position = 2 * Chunk;
        stream.ReadExactly(buffer);
        Assert.Equal(plain[(2 * Chunk)..((2 * Chunk) + 10)], buffer);
    }

    [Fact]
    public void WrappedKey_OpensForItsPurposeAndByItsKeyAlone()
    {
        var (wrapping, key) = (KeyWrap.NewKey(), KeyWrap.NewKey());
        var wrapped = KeyWrap.Wrap(wrapping, key, "a");

        Assert.Equal(key, KeyWrap.Unwrap(wrapping, wrapped, "a"));
        Assert.Throws<InvalidDataException>(() => KeyWrap.Unwrap(wrapping, wrapped, "b"));
        Assert.Throws<InvalidDataException>(() => KeyWrap.Unwrap(KeyWrap.NewKey(), wrapped, "a"));
        Assert.Throws<InvalidDataException>(() => KeyWrap.Unwrap(wrapping, wrapped.AsSpan(1), "a"));
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = wrapped.ToArray();
            changed[i] ^= 1;
            Assert.Throws<InvalidDataException>(() => KeyWrap.Unwrap(wrapping, changed, "a"));
        }
    }

    private async Task<byte[]> Write(int size)
    {
        var plain = RandomNumberGenerator.GetBytes(size);
        await using var file = File.Create(FilePath);
        using var writer = new EncryptedWriter(file, _key, "art_1");
        // In pieces that fit no chunk.
        for (var offset = 0; offset < size; offset += 10_007)
            await writer.Write(plain.AsMemory(offset, Math.Min(10_007, size - offset)), Cancel);
        await writer.Complete(Cancel);
        return plain;
    }

    private Task<DecryptingStream> Open(string id = "art_1") => DecryptingStream.Open(File.OpenRead(FilePath), _key, id, Cancel);

    private async Task ReadAll()
    {
        await using var stream = await Open();
        await stream.CopyToAsync(Stream.Null, Cancel);
    }
}
