using Microsoft.Extensions.DependencyInjection;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Artifacts.Blobs;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Artifacts;

public sealed class AzureArtifactStoreTests(AzureFixture fixture) : ArtifactStoreConformance(fixture), IClassFixture<AzureFixture>
{
    [Fact]
    public async Task Put_Content_IsABlobOfTheIdThatHoldsNothingInClear()
    {
        var info = await fixture.Artifacts().Put(JobTestStates.NewTenant(), "job_1", "../secret-name", new MemoryStream("a secret content"u8.ToArray()), 100, Cancel);

        var blob = fixture.Blobs.GetBlobClient(info.Id);
        var stored = (await blob.DownloadContentAsync(Cancel)).Value.Content.ToArray();
        Assert.True(stored.AsSpan().IndexOf("secret"u8) < 0);
        Assert.Empty((await blob.GetPropertiesAsync(cancellationToken: Cancel)).Value.Metadata);
    }

    [Fact]
    public async Task OpenRead_BlobChanged_IsFoundOut()
    {
        var tenant = JobTestStates.NewTenant();
        var info = await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream(new byte[100]), 100, Cancel);
        var blob = fixture.Blobs.GetBlobClient(info.Id);
        var stored = (await blob.DownloadContentAsync(Cancel)).Value.Content.ToArray();
        stored[20] ^= 1;
        await blob.UploadAsync(new BinaryData(stored), overwrite: true, Cancel);

        await Assert.ThrowsAsync<InvalidDataException>(() => fixture.Artifacts().OpenRead(tenant, info.Id, Cancel));
    }

    [Fact]
    public async Task Unfinished_Disposed_IsNoBlob()
    {
        var bytes = fixture.Services.GetServices<IArtifactBytes>().OfType<AzureArtifactBytes>().Single();
        ArtifactId id;
        await using (var unfinished = await bytes.Create(Cancel))
        {
            id = unfinished.Id;
            await unfinished.Content.WriteAsync(new byte[1 << 20], Cancel);
        }

        Assert.Null(await bytes.OpenRead(id, Cancel));
    }

    protected override Task<int> CountStrayObjects() => fixture.CountStrayObjects();

    protected override void Advance(TimeSpan time) => fixture.Advance(time);

    protected override Task<int> Expire() => fixture.Sweep.Expire(Cancel);
}
