using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Artifacts;
using Xunit;

namespace Sandbox.Testing.Storage;

/// <summary>What the store of artifacts promises, on every backend.</summary>
public abstract class ArtifactStoreConformance(IStorageFixture fixture)
{
    private readonly IArtifactStore _store = fixture.Artifacts();
    private readonly string _tenant = JobTestStates.NewTenant();

    /// <summary>Number of objects that the backend holds for no row; conformance wants none after a failure.</summary>
    protected abstract Task<int> CountStrayObjects();

    /// <summary>Lets time pass.</summary>
    protected abstract void Advance(TimeSpan time);

    /// <summary>Removes what has expired; how many artifacts that were.</summary>
    protected abstract Task<int> Expire();

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
        Assert.Equal(0, await CountStrayObjects());
    }

    [Fact]
    public async Task Put_StreamFails_ThrowsThatAndLeavesNothing()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => _store.Put(_tenant, "job_1", "a", new BreakingStream(), long.MaxValue, Cancel));

        Assert.Equal(0, await CountStrayObjects());
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
        Assert.Equal(0, await CountStrayObjects());
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
        Assert.Equal(0, await CountStrayObjects());
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
        Assert.Equal(0, await CountStrayObjects());
    }

    [Fact]
    public async Task OpenRead_LargeContent_HasTheBytesOfEachPlace()
    {
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var info = await Put("large", bytes);
        await using var stream = (await _store.OpenRead(_tenant, info.Id, Cancel))!;
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            var (from, buffer) = (random.Next(bytes.Length), new byte[random.Next(1, 300_000)]);
            stream.Position = from;
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, Cancel);
            Assert.Equal(bytes.AsSpan(from, Math.Min(buffer.Length, bytes.Length - from)), buffer.AsSpan(0, read));
        }
    }

    [Fact]
    public async Task Store_Draft_IsKeptAsItSays()
    {
        var end = Now.AddDays(3);
        var stored = await _store.Store(new ArtifactDraft(_tenant, "agent:a", "x.txt") { ContentType = "image/x; a=b", ExpiresAt = end }, new MemoryStream([1]), 1, Cancel);

        Assert.False(stored.IsReplay);
        Assert.Equal(("image/x; a=b", "agent:a", end), (stored.Info.ContentType, stored.Info.Owner, stored.Info.ExpiresAt));
        Assert.Equal(stored.Info, await _store.Find(_tenant, stored.Info.Id, Cancel));
    }

    [Fact]
    public async Task Store_OtherContentThanAnnounced_IsRefusedAndLeavesNothing()
    {
        var announced = Convert.ToHexStringLower(SHA256.HashData([2]));

        await Assert.ThrowsAsync<ArtifactDigestException>(
            () => _store.Store(new ArtifactDraft(_tenant, "a", "a") { Sha256 = announced }, new MemoryStream([1]), 1, Cancel));

        Assert.Equal(0, await CountStrayObjects());
        Assert.Equal(announced, (await _store.Store(new ArtifactDraft(_tenant, "a", "a") { Sha256 = announced }, new MemoryStream([2]), 1, Cancel)).Info.Sha256);
    }

    [Fact]
    public async Task Store_TwiceByOneKey_IsStoredOnce()
    {
        var draft = new ArtifactDraft(_tenant, "a", "a") { IdempotencyKey = "k" };

        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _store.Store(draft, new MemoryStream([1]), 1, Cancel)));

        Assert.Single(both, static stored => !stored.IsReplay);
        Assert.Single(both.Select(static stored => stored.Info).Distinct());
        Assert.Equal(0, await CountStrayObjects());
        Assert.Equal([1], await ReadAll(both[0].Info.Id));
        Assert.False((await _store.Store(draft with { TenantId = JobTestStates.NewTenant() }, new MemoryStream([1]), 1, Cancel)).IsReplay);
    }

    [Fact]
    public async Task Store_KeyOfAnotherArtifact_IsRefusedAndLeavesNothing()
    {
        var draft = new ArtifactDraft(_tenant, "a", "a") { IdempotencyKey = "k" };
        await _store.Store(draft, new MemoryStream([1]), 1, Cancel);

        await Assert.ThrowsAsync<ArtifactKeyReusedException>(() => _store.Store(draft, new MemoryStream([2]), 1, Cancel));
        await Assert.ThrowsAsync<ArtifactKeyReusedException>(() => _store.Store(draft with { Name = "b" }, new MemoryStream([1]), 1, Cancel));

        Assert.Equal(0, await CountStrayObjects());
    }

    [Fact]
    public async Task Expired_Artifact_IsNotFoundAtOnceAndThenRemoved()
    {
        var draft = new ArtifactDraft(_tenant, "a", "a") { ExpiresAt = Now.AddDays(1), IdempotencyKey = "k" };
        var info = (await _store.Store(draft, new MemoryStream([1]), 1, Cancel)).Info;
        var kept = await Put("b", [2]);
        await Expire();
        Assert.Equal([1], await ReadAll(info.Id));

        Advance(TimeSpan.FromDays(1));

        Assert.Null(await _store.Find(_tenant, info.Id, Cancel));
        Assert.Null(await _store.OpenRead(_tenant, info.Id, Cancel));
        Assert.Equal([kept], (await _store.List(_tenant, null, 10, Cancel)).Items);
        // Its key is free again.
        Assert.False((await _store.Store(draft with { ExpiresAt = null }, new MemoryStream([3]), 1, Cancel)).IsReplay);
        await Expire();
        Assert.Equal(0, await CountStrayObjects());
        Assert.False(await _store.Delete(_tenant, info.Id, Cancel));
        Assert.Equal([2], await ReadAll(kept.Id));
    }

    [Fact]
    public async Task Hidden_Artifact_IsReadByItsOwnerAndOtherwiseDoesNotExist()
    {
        var hidden = (await _store.Store(new ArtifactDraft(_tenant, "snp_1", "a") { IsHidden = true }, new MemoryStream([1]), 1, Cancel)).Info;

        Assert.Null(await _store.Find(_tenant, hidden.Id, Cancel));
        Assert.Empty((await _store.List(_tenant, null, 10, Cancel)).Items);
        Assert.False(await _store.Delete(_tenant, hidden.Id, Cancel));
        Assert.Equal([1], await ReadAll(hidden.Id));
        Assert.Equal(1, await _store.DeleteOwned(_tenant, "snp_1", Cancel));
        Assert.Equal(0, await CountStrayObjects());
    }

    [Fact]
    public async Task List_InPages_HasEachOnceNewestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            await Put($"{i}", [1]);
            Advance(TimeSpan.FromSeconds(i % 2));
        }

        await _store.Put(JobTestStates.NewTenant(), "job_1", "foreign", new MemoryStream([1]), 1, Cancel);
        var names = new List<string>();
        ArtifactCursor? cursor = null;
        do
        {
            var page = await _store.List(_tenant, cursor, 2, Cancel);
            Assert.InRange(page.Items.Count, 1, 2);
            names.AddRange(page.Items.Select(static info => info.Name));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["0", "1", "2", "3", "4"], names.Order(StringComparer.Ordinal));
        Assert.Equal("4", names[0]);
    }

    private DateTimeOffset Now => fixture.Services.GetRequiredService<TimeProvider>().GetUtcNow();

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
