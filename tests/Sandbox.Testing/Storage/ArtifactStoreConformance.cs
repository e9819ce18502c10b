using System.Security.Cryptography;
using Sandbox.Grains.Abstractions.Artifacts;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of artifacts promises, on every backend.</summary>
public abstract class ArtifactStoreConformance(IStorageFixture fixture)
{
    private readonly IArtifactStore _store = fixture.Artifacts();
    private readonly string _tenant = JobTestStates.NewTenant();

    /// <summary>Number of objects that the backend holds for no row; conformance wants none after a failure.</summary>
    protected abstract int CountStrayObjects();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public async Task Put_AnySize_IsFoundAndReadBack(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);

        var info = await _store.Put(_tenant, "job_1", "out/plot.png", new MemoryStream(bytes), size, Cancel);

        Assert.True(ArtifactId.TryParse(info.Id, out _));
        Assert.Equal(size, info.SizeBytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), info.Sha256);
        Assert.Equal("image/png", info.ContentType);
        Assert.Equal(info, await _store.Find(_tenant, info.Id, Cancel));
        Assert.Equal(bytes, await ReadAll(info.Id));
    }

    [Fact]
    public async Task OpenRead_Content_CanBeSought()
    {
        var info = await Put("a", [1, 2, 3, 4]);
        await using var stream = (await _store.OpenRead(_tenant, info.Id, Cancel))!;

        Assert.Equal(4, stream.Length);
        stream.Seek(2, SeekOrigin.Begin);
        Assert.Equal(3, stream.ReadByte());
    }

    [Theory]
    [InlineData("report.html", "text/html")]
    [InlineData("data.json", "application/json")]
    [InlineData("noextension", "application/octet-stream")]
    [InlineData("../../etc/passwd\n\0.txt", "text/plain")]
    [InlineData("", "application/octet-stream")]
    public async Task Put_AnyName_IsKeptAsTextOnly(string name, string contentType)
    {
        var info = await Put(name, [1]);

        Assert.Equal(name, (await _store.Find(_tenant, info.Id, Cancel))!.Name);
        Assert.Equal(contentType, info.ContentType);
    }

    [Fact]
    public async Task Put_LargerThanAllowed_IsRefusedAndLeavesNothing()
    {
        var failure = await Assert.ThrowsAsync<ArtifactTooLargeException>(
            () => _store.Put(_tenant, "job_1", "a", new MemoryStream(new byte[300_001]), 300_000, Cancel));

        Assert.Equal(300_000, failure.MaxBytes);
        Assert.Equal(0, CountStrayObjects());
    }

    [Fact]
    public async Task Put_StreamFails_ThrowsThatAndLeavesNothing()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => _store.Put(_tenant, "job_1", "a", new BreakingStream(), long.MaxValue, Cancel));

        Assert.Equal(0, CountStrayObjects());
    }

    [Fact]
    public async Task AnotherTenant_SeesAndDeletesNothing()
    {
        var info = await Put("a", [1]);
        var other = JobTestStates.NewTenant();

        Assert.Null(await _store.Find(other, info.Id, Cancel));
        Assert.Null(await _store.OpenRead(other, info.Id, Cancel));
        Assert.False(await _store.Delete(other, info.Id, Cancel));
        Assert.Equal(0, await _store.DeleteOwned(other, "job_1", Cancel));
        Assert.Equal([1], await ReadAll(info.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("art_")]
    [InlineData("../../../etc/passwd")]
    [InlineData("art_00000000000000000000000000")]
    public async Task UnknownId_IsNotFound(string id)
    {
        Assert.Null(await _store.Find(_tenant, id, Cancel));
        Assert.Null(await _store.OpenRead(_tenant, id, Cancel));
        Assert.False(await _store.Delete(_tenant, id, Cancel));
    }

    [Fact]
    public async Task Delete_Existing_RemovesRowAndContent()
    {
        var info = await Put("a", [1]);

        Assert.True(await _store.Delete(_tenant, info.Id, Cancel));

        Assert.False(await _store.Delete(_tenant, info.Id, Cancel));
        Assert.Null(await _store.OpenRead(_tenant, info.Id, Cancel));
        Assert.Equal(0, CountStrayObjects());
    }

    [Fact]
    public async Task DeleteOwnedByParts_RemovesWhatPartsMadeAndNothingElse()
    {
        var own = await Put("a", [1]);
        await _store.Put(_tenant, "job_1.1", "b", new MemoryStream([2]), 1, Cancel);
        await _store.Put(_tenant, "job_1.20", "c", new MemoryStream([3]), 1, Cancel);
        var other = await _store.Put(_tenant, "job_10.1", "d", new MemoryStream([4]), 1, Cancel);

        Assert.Equal(2, await _store.DeleteOwnedByParts(_tenant, "job_1", Cancel));

        Assert.Equal([1], await ReadAll(own.Id));
        Assert.Equal([4], await ReadAll(other.Id));
        Assert.Equal(0, CountStrayObjects());
    }

    [Fact]
    public async Task DeleteOwned_RemovesWhatTheOwnerMade()
    {
        await Put("a", [1]);
        await Put("b", [2]);
        var kept = await _store.Put(_tenant, "job_2", "c", new MemoryStream([3]), 1, Cancel);

        Assert.Equal(2, await _store.DeleteOwned(_tenant, "job_1", Cancel));

        Assert.Equal(0, await _store.DeleteOwned(_tenant, "job_1", Cancel));
        Assert.Equal([3], await ReadAll(kept.Id));
        Assert.Equal(0, CountStrayObjects());
    }

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<ArtifactInfo> Put(string name, byte[] bytes) =>
        _store.Put(_tenant, "job_1", name, new MemoryStream(bytes), bytes.Length, Cancel);

    private async Task<byte[]> ReadAll(string id)
    {
        await using var stream = await _store.OpenRead(_tenant, id, Cancel);
        var copy = new MemoryStream();
        await stream!.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    // Gives some bytes, then fails: a sandbox that went away in the middle.
    private sealed class BreakingStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _reads++ < 3 ? ValueTask.FromResult(buffer.Length) : throw new EndOfStreamException();
    }
}
