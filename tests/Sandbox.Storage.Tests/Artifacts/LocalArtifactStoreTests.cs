using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Artifacts;
using Sandbox.Storage.Sqlite;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Artifacts;

public sealed class LocalArtifactStoreTests(LocalFixture fixture) : ArtifactStoreConformance(fixture), IClassFixture<LocalFixture>
{
    private string Root => Path.Combine(fixture.DataDirectory, "artifacts");

    private ArtifactSweep Sweep => fixture.Services.GetServices<IHostedService>().OfType<ArtifactSweep>().Single();

    private ArtifactFiles Files => fixture.Services.GetRequiredService<ArtifactFiles>();

    [Fact]
    public async Task Put_AnyName_FileIsNamedAfterTheIdAlone()
    {
        var info = await fixture.Artifacts().Put(JobTestStates.NewTenant(), "job_1", "../x", new MemoryStream([1]), 1, Cancel);

        var file = Assert.Single(Directory.GetFiles(Root, info.Id, SearchOption.AllDirectories));
        Assert.Equal(Path.Combine(Root, info.Id.Substring(4, 2), info.Id), file);
    }

    [Fact]
    public async Task Put_RowCannotBeWritten_LeavesNoFile()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stream = new CallbackStream(cancelled.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Artifacts().Put(JobTestStates.NewTenant(), "job_1", "a", stream, 10, cancelled.Token));

        Assert.Equal(0, await CountStrayObjects());
    }

    [Fact]
    public async Task Sweep_AfterAKill_RemovesWhatHasNoRowAndNothingElse()
    {
        var tenant = JobTestStates.NewTenant();
        var kept = await fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream([1]), 1, Cancel);
        await Files.CreatePartial().File.DisposeAsync();
        var (published, file) = Files.CreatePartial();
        await file.DisposeAsync();
        Files.Publish(published);
        // Still being written, here or in another process: both its names are safe while it is open.
        var (busy, writing) = Files.CreatePartial();
        await using var open = writing;

        var foreign = Path.Combine(Root, "art_note.txt");
        await File.WriteAllTextAsync(foreign, "not ours", Cancel);

        Assert.Equal(2, await Sweep.Sweep(Cancel));
        Files.Publish(busy);
        Assert.Equal(0, await Sweep.Sweep(Cancel));

        Assert.NotNull(await fixture.Artifacts().OpenRead(tenant, kept.Id, Cancel));
        Assert.True(File.Exists(foreign));
        Assert.True(File.Exists(Files.PathOf(busy)));
        Assert.False(File.Exists(Files.PathOf(published)));
        Files.Delete(busy);
    }

    [Fact]
    public async Task Put_WhileSweepsRun_KeepsEveryArtifact()
    {
        var tenant = JobTestStates.NewTenant();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var sweeping = Task.Run(async () => { while (!stop.IsCancellationRequested) await Sweep.Sweep(Cancel); }, Cancel);
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var infos = await Task.WhenAll(Enumerable.Range(0, 64).Select(
            _ => fixture.Artifacts().Put(tenant, "job_1", "a", new MemoryStream(bytes), 1000, Cancel)));
        await stop.CancelAsync();
        await sweeping;

        Assert.All(infos, info => Assert.Equal(8 + 1000 + 16, new FileInfo(Files.PathOf(Parse(info.Id))).Length));
    }

    protected override Task<int> CountStrayObjects() => Task.FromResult(Files.List().Count(file =>
        file.IsPartial || !fixture.Sqlite.Readers.Read(session => ArtifactTable.Exists(session, file.Id))));

    protected override void Advance(TimeSpan time) => fixture.Advance(time);

    protected override Task<int> Expire() => Sweep.Expire(Cancel);

    private static ArtifactId Parse(string text) => ArtifactId.TryParse(text, out var id) ? id : throw new FormatException(text);

    // Cancels when its content has been read: the row is the only thing that is missing then.
    private sealed class CallbackStream(Action ended) : MemoryStream
    {
        private bool _read;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_read)
            {
                _read = true;
                return ValueTask.FromResult(1);
            }

            ended();
            return ValueTask.FromResult(0);
        }
    }
}
