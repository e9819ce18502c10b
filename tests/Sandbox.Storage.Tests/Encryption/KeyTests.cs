using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Encryption;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Encryption;

/// <summary>Where keys are kept, and what is lost without them.</summary>
public sealed class KeyTests
{
    private static readonly byte[] Content = "what nobody else shall read"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MasterKey_OnTheFirstStart_IsMadeForTheOwnerAloneAndKept()
    {
        await using var fixture = await SqliteFixture.Create();
        var path = Path.Combine(fixture.DataDirectory, "master.key");
        var made = await File.ReadAllTextAsync(path, Cancel);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(32, Convert.FromBase64String(made.Trim()).Length);
        var (tenant, info) = await Put(fixture);
        await fixture.Restart();

        Assert.Equal(made, await File.ReadAllTextAsync(path, Cancel));
        Assert.Equal(Content, await Read(fixture, tenant, info.Id));
    }

    [Fact]
    public async Task MasterKey_MissingOrAnotherOne_EndsTheStartWithAReason()
    {
        await using var fixture = await SqliteFixture.Create();
        await Put(fixture);
        var path = Path.Combine(fixture.DataDirectory, "master.key");
        var key = await File.ReadAllBytesAsync(path, Cancel);

        File.Delete(path);
        Assert.Contains("missing", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        // Nothing is made in its place: that would hide the loss.
        Assert.False(File.Exists(path));
        await WriteKey(path, Convert.ToBase64String(KeyWrap.NewKey()));
        Assert.Contains("not the one", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        await WriteKey(path, "short");
        Assert.Contains("base64", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        await WriteKey(path, "readable by all", UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", (await Assert.ThrowsAsync<InvalidOperationException>(fixture.Restart)).Message);
        File.Delete(path);
        await File.WriteAllBytesAsync(path, key, Cancel);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await fixture.Restart();
    }

    [Fact]
    public async Task MasterKey_FromTheConfiguration_LeavesNoFile()
    {
        await using var fixture = await SqliteFixture.Create(options => options.MasterKey = Convert.ToBase64String(KeyWrap.NewKey()));
        var (tenant, info) = await Put(fixture);

        Assert.Equal(Content, await Read(fixture, tenant, info.Id));
        Assert.False(File.Exists(Path.Combine(fixture.DataDirectory, "master.key")));
    }

    [Fact]
    public async Task Artifact_OnTheDisk_IsEncryptedAndBelongsToItsRow()
    {
        await using var fixture = await SqliteFixture.Create();
        var (tenant, first) = await Put(fixture);
        var second = await fixture.Artifacts().Put(tenant, "job_1", "b", new MemoryStream(Content), Content.Length, Cancel);
        var files = fixture.Services.GetRequiredService<ArtifactFiles>();
        var (firstPath, secondPath) = (files.PathOf(Parse(first.Id)), files.PathOf(Parse(second.Id)));

        Assert.True((await File.ReadAllBytesAsync(firstPath, Cancel)).AsSpan().IndexOf(Content) < 0);
        // The file of one in the place of the other: by the key of the row it does not open.
        File.Copy(firstPath, secondPath, overwrite: true);
        await Assert.ThrowsAsync<InvalidDataException>(() => Read(fixture, tenant, second.Id));
        await fixture.Writer.Write(
            session => session.Execute($"UPDATE artifacts SET data_key = (SELECT data_key FROM artifacts WHERE id = '{first.Id}')"), WriteScope.SingleStatement, cancellationToken: Cancel);
        await Assert.ThrowsAsync<InvalidDataException>(() => Read(fixture, tenant, second.Id));
        Assert.Equal(Content, await Read(fixture, tenant, first.Id));
    }

    [Fact]
    public async Task Artifact_OfAVersionThatDidNotEncrypt_StaysReadable()
    {
        await using var fixture = await SqliteFixture.Create();
        var (tenant, info) = await Put(fixture);
        await File.WriteAllBytesAsync(fixture.Services.GetRequiredService<ArtifactFiles>().PathOf(Parse(info.Id)), Content, Cancel);
        await fixture.Writer.Write(session => session.Execute("UPDATE artifacts SET data_key = NULL"), WriteScope.SingleStatement, cancellationToken: Cancel);

        Assert.Equal(Content, await Read(fixture, tenant, info.Id));
    }

    [Fact]
    public async Task FirstObjects_OfATenantAtOnce_ShareOneKey()
    {
        await using var fixture = await SqliteFixture.Create();
        var tenant = JobTestStates.NewTenant();

        var infos = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            _ => fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream(Content), Content.Length, Cancel)));
        await fixture.Restart();

        foreach (var info in infos)
            Assert.Equal(Content, await Read(fixture, tenant, info.Id));
    }

    private static async Task<(string Tenant, ArtifactInfo Info)> Put(SqliteFixture fixture)
    {
        var tenant = JobTestStates.NewTenant();
        return (tenant, await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream(Content), Content.Length, Cancel));
    }

    private static async Task<byte[]> Read(SqliteFixture fixture, string tenant, string id)
    {
        await using var stream = await fixture.Artifacts().OpenRead(tenant, id, Cancel);
        var copy = new MemoryStream();
        await stream!.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private static async Task WriteKey(string path, string text, UnixFileMode others = UnixFileMode.None)
    {
        File.Delete(path);
        await File.WriteAllTextAsync(path, text, Cancel);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
    }

    private static ArtifactId Parse(string text) => ArtifactId.TryParse(text, out var id) ? id : throw new FormatException(text);
}
