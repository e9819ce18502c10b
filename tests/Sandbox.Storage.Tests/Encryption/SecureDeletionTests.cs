using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>What is left of an artifact that was deleted: nothing that whoever has the whole data folder could read.</summary>
public sealed class SecureDeletionTests
{
    private const int MarkBytes = 32;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_Content_IsNowhereInClearInTheDataFolder()
    {
        await using var fixture = await SqliteFixture.Create();
        var content = RandomNumberGenerator.GetBytes(300_000);

        await Put(fixture, JobTestStates.NewTenant(), content);

        Assert.Empty(await FilesWith(fixture, content.AsMemory(0, MarkBytes)));
        Assert.Empty(await FilesWith(fixture, content.AsMemory(content.Length - MarkBytes)));
        await fixture.Stop();
        Assert.Empty(await FilesWith(fixture, content.AsMemory(0, MarkBytes)));
    }

    [Fact]
    public async Task Delete_FileWasCopiedBefore_CopyDoesNotOpenAgain()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenant = JobTestStates.NewTenant();
        var content = RandomNumberGenerator.GetBytes(1000);
        var info = await Put(fixture, tenant, content);
        var path = PathOf(fixture, info);
        var copy = await File.ReadAllBytesAsync(path, Cancel);

        Assert.True(await fixture.Artifacts().Delete(tenant, info.Id, Cancel));
        Assert.False(File.Exists(path));
        await File.WriteAllBytesAsync(path, copy, Cancel);

        Assert.Null(await fixture.Artifacts().OpenRead(tenant, info.Id, Cancel));
        // Nor with the key of another artifact of the same tenant.
        var other = await Put(fixture, tenant, content);
        await File.WriteAllBytesAsync(PathOf(fixture, other), copy, Cancel);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAll(fixture, tenant, other.Id));
    }

    [Fact]
    public async Task Delete_AfterTheServerStopped_WrappedKeyIsInNoFile()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenant = JobTestStates.NewTenant();
        var info = await Put(fixture, tenant, [1, 2, 3]);
        await Put(fixture, tenant, [4, 5, 6]);
        var wrapped = fixture.Readers.Read(session => ArtifactTable.FindContent(session, tenant, Parse(info.Id), DateTimeOffset.UtcNow))!.WrappedKey!;
        Assert.NotEmpty(await FilesWith(fixture, wrapped));

        await fixture.Artifacts().Delete(tenant, info.Id, Cancel);
        // The write-ahead log goes into the database, and goes away, when the last connection closes.
        await fixture.Stop();

        Assert.Empty(await FilesWith(fixture, wrapped));
    }

    private static Task<ArtifactInfo> Put(SqliteFixture fixture, string tenant, byte[] content) =>
        fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream(content), content.Length, Cancel);

    private static async Task ReadAll(SqliteFixture fixture, string tenant, string id)
    {
        await using var stream = await fixture.Artifacts().OpenRead(tenant, id, Cancel);
        await stream!.CopyToAsync(Stream.Null, Cancel);
    }

    private static async Task<List<string>> FilesWith(SqliteFixture fixture, ReadOnlyMemory<byte> mark)
    {
        var found = new List<string>();
        foreach (var path in Directory.GetFiles(fixture.DataDirectory, "*", SearchOption.AllDirectories))
        {
            // SQLite has its files open for writing.
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var copy = new MemoryStream();
            await file.CopyToAsync(copy, Cancel);
            if (copy.ToArray().AsSpan().IndexOf(mark.Span) >= 0)
                found.Add(path);
        }

        return found;
    }

    private static string PathOf(SqliteFixture fixture, ArtifactInfo info) =>
        fixture.Services.GetRequiredService<ArtifactFiles>().PathOf(Parse(info.Id));

    private static ArtifactId Parse(string text) => ArtifactId.TryParse(text, out var id) ? id : throw new FormatException(text);
}
