using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Artifacts;
using Sandbox.Testing.Artifacts;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests;

/// <summary>Storage on real files, with the bytes of artifacts in Azurite, at a time that the tests set.</summary>
public sealed class AzureFixture : IStorageFixture, IAsyncLifetime
{
    private const string Container = "sandbox-artifacts";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private Azurite? _azurite;
    private SqliteFixture? _sqlite;

    public IServiceProvider Services => _sqlite!.Services;

    public string DataDirectory => _sqlite!.DataDirectory;

    public string ConnectionString => _azurite!.ConnectionString;

    internal SqliteFixture Sqlite => _sqlite!;

    internal ArtifactSweep Sweep => Services.GetServices<IHostedService>().OfType<ArtifactSweep>().Single();

    internal BlobContainerClient Blobs => new(ConnectionString, Container);

    public static async Task<AzureFixture> Create()
    {
        var fixture = new AzureFixture();
        await fixture.InitializeAsync();
        return fixture;
    }

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.Start();
        _sqlite = await SqliteFixture.Create(more: services => services.AddSingleton<TimeProvider>(_time).Configure<ArtifactStoreOptions>(options =>
        {
            options.Store = ArtifactStores.Azure;
            options.Azure.ConnectionString = ConnectionString;
            // Several of them in what the tests store.
            options.Azure.BlockBytes = 256 * 1024;
        }));
    }

    public void Advance(TimeSpan time) => _time.Advance(time);

    public Task Stop() => _sqlite!.Stop();

    public Task Restart() => _sqlite!.Restart();

    public async Task<int> CountStrayObjects()
    {
        var stray = 0;
        await foreach (var blob in Blobs.GetBlobsAsync())
        {
            if (!ArtifactId.TryParse(blob.Name, out var id) || !_sqlite!.Readers.Read(session => ArtifactTable.Exists(session, id)))
                stray++;
        }

        return stray;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sqlite is not null)
            await _sqlite.DisposeAsync();
        if (_azurite is not null)
            await _azurite.DisposeAsync();
    }
}
