using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Artifacts;
using Sandbox.Storage.Sqlite;

namespace Sandbox.Storage.Artifacts;

/// <summary>
/// The places where bytes lie: the one for new artifacts, and those of artifacts from before a change of the setting. At the start
/// it sees to it that all of them can be had.
/// </summary>
internal sealed partial class ArtifactPlaces(
    IEnumerable<IArtifactBytes> all, IOptions<ArtifactStoreOptions> options, SqliteReaders readers, ILogger<ArtifactPlaces> logger) : IHostedService
{
    private readonly Dictionary<string, IArtifactBytes> _byName = all
        .Where(bytes => bytes.Name != ArtifactStores.Azure || options.Value.Azure.IsSet)
        .ToDictionary(bytes => bytes.Name, StringComparer.Ordinal);

    /// <summary>Where new artifacts go.</summary>
    public IArtifactBytes New => Of(options.Value.Store);

    public IEnumerable<IArtifactBytes> All => _byName.Values;

    public IArtifactBytes Of(string name) => _byName[name];

    /// <summary>Removes the bytes of artifacts that are no more. Where that fails the sweep does it: nobody can read them.</summary>
    public async Task Delete(IEnumerable<RemovedArtifact> removed)
    {
        foreach (var (id, store) in removed)
        {
            try
            {
                await Of(store).Delete(id, CancellationToken.None);
            }
            catch (IOException e)
            {
                LogNotRemoved(id, e);
            }
        }
    }

    /// <exception cref="InvalidOperationException">A place cannot be used, or artifacts lie in one that is not configured.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (readers.Read(ArtifactTable.AnyElsewhere) is { } name && !_byName.ContainsKey(name))
            throw new InvalidOperationException($"Artifacts are stored in '{name}', which {ArtifactStoreOptions.Section} does not configure any more.");
        foreach (var bytes in All)
            await bytes.Prepare(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bytes of {Artifact}, which is removed, could not be; the sweep of the next start does it")]
    private partial void LogNotRemoved(ArtifactId artifact, Exception exception);
}
