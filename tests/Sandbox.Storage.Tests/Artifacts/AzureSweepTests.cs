using Microsoft.Extensions.DependencyInjection;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Artifacts.Blobs;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Artifacts;

public sealed class AzureSweepTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweep_AfterAKill_RemovesWhatHasNoRowOnceItCannotGetOne()
    {
        // A folder and a container of its own: here the time of blobs counts, which no test can set.
        await using var fixture = await AzureFixture.Create();
        var tenant = JobTestStates.NewTenant();
        var kept = await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream([1]), 1, Cancel);
        var bytes = fixture.Services.GetServices<IArtifactBytes>().OfType<AzureArtifactBytes>().Single();
        await using var stray = await bytes.Create(Cancel);
        await stray.Publish(Cancel);
        await fixture.Blobs.UploadBlobAsync("note.txt", new BinaryData("not ours"), Cancel);

        Assert.Equal(0, await fixture.Sweep.Sweep(Cancel));
        Assert.True(stray.IsSafe);
        fixture.Advance(AzureArtifactBytes.Grace / 2);
        // From here on its row may not be written, and half an hour later it is rubbish.
        Assert.False(stray.IsSafe);
        fixture.Advance(AzureArtifactBytes.Grace);
        Assert.Equal(1, await fixture.Sweep.Sweep(Cancel));

        Assert.NotNull(await fixture.Artifacts().OpenRead(tenant, kept.Id, Cancel));
        Assert.True(await fixture.Blobs.GetBlobClient("note.txt").ExistsAsync(Cancel));
        await fixture.Blobs.DeleteBlobAsync("note.txt", cancellationToken: Cancel);
    }
}
